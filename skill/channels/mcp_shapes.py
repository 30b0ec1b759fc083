"""What the tools for language models give back: typed, so that a model knows each field before it asks. Every answer says where it comes from."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Sourced(BaseModel):
    """Where an answer comes from."""

    source: str = Field(default="", description="Page of the town that says so; empty where the answer is worked out by us.")
    updated: str | None = Field(default=None, description="ISO day on which that page was last updated; null where it does not say.")


class Told(Sourced):
    """A spoken answer."""

    answer: str = Field(description="The answer, in the language asked for. Give it as it is: dates and hours are worked out for now.")
    understood: str = Field(description="Name of the intent; AMAZON.FallbackIntent where the question was not understood.")
    known: bool = Field(description="False where the town has not published this: do not make it up.")
    choices: list[str] = Field(default=[], description="What the answer offers to choose from; ask the person, then call again with the same conversation.")
    conversation: str = Field(description="Pass it with the next question, so that 'and on Sunday?' is understood. Kept for ten minutes.")


class Hours(BaseModel):
    """One day."""

    day: str
    state: str = Field(description="open, closed, or unknown (a public holiday of which the hours say nothing).")
    open: list[list[str]] = Field(description="Pairs of ISO moments: from, to.")
    all_day: bool
    public_holiday: bool


class PlaceHours(Sourced):
    """The hours of a place."""

    id: str
    name: str
    published: bool = Field(description="False where the town publishes no hours for it: unknown is not closed.")
    open_now: bool | None = None
    hours: Hours | None = None
    next_opening: str | None = None
    note: str = ""
    notices: list[str] = []
    ask_instead: str = Field(default="", description="Who knows, where we do not.")


class Date(BaseModel):
    """One round of a collection."""

    day: str
    district: str = Field(description="Name of the district, empty for the whole town.")
    where: str = Field(description="Where to bring it; empty where it is collected at the door.")
    part: str = Field(description="morning, afternoon or evening where no hours are published.")
    start: str | None
    end: str | None


class Collected(Sourced):
    """The next dates of a collection."""

    id: str
    name: str
    dates: list[Date] = Field(description="Only dates that are sure, soonest first; empty where none is.")
    season_over: str | None = Field(default=None, description="Last day of the season known, where it is past: later dates are not published.")
    put_out: str = ""
    only: str = ""
    districts: list[str] = Field(default=[], description="Districts whose days differ: ask the person which is theirs.")
    ask_instead: str = ""


class Thrown(Sourced):
    """Where a thing goes."""

    item: str
    answer: str
    bin: str
    next_dates: list[Date] = []


class FoundPlace(Sourced):
    """A place."""

    id: str
    name: str
    kind: str
    address: str
    where: str
    district: str
    phone: str
    opening_hours: str = Field(description="OpenStreetMap's notation; empty where none are published.")
    open_now: bool | None
    prices: str
    about: str


class FoundPlaces(BaseModel):
    """Places, best first."""

    places: list[FoundPlace]
    more: int = Field(description="How many others there are.")


class Listed(BaseModel):
    """An episode."""

    series: str
    title: str
    published: str | None
    seconds: int | None
    url: str
    page: str
    description: str


class Episodes(BaseModel):
    """Episodes, newest first."""

    episodes: list[Listed]
    more: int
