"""A territory's own calendar of collections, street by street, from Publidata: off unless a town and its server both ask for it.

Answers are kept by sector with their age. A fresh one is used as it is; an old one is asked for again, and while nobody answers it
serves for some weeks more; after that its days are not certain, and are not said. Whatever in an answer cannot be read for sure
takes its whole collection away: no day is better than a wrong one. The shape of the answers is that of public clients of the same
service (hacs_waste_collection_schedule's publidata_fr and others), and was never seen live from here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from skill.city.model import City, Collection, Round
from skill.city.notation import problems_in, safe
from skill.conversation.ports import Kept, StoreUnavailable
from skill.conversation.sector import LONGEST_SCHEDULE, MOST_ROUNDS, Located, Sector, door
from skill.stores.https_json import NoAnswer, ask

URL: Final = "https://api.publidata.io"
CALL_SECONDS: Final = 1.6
FRESH: Final = timedelta(days=7)
REST: Final = timedelta(seconds=60)
LASTING: Final = timedelta(days=30)
"""For which days are said though the territory does not answer any more."""
MOST_SCHEDULES: Final = 200
_COMMENT: Final = re.compile(r'"[^"]*"')
_REGULAR, _EXCEPTION, _CLOSURES = "regular", "exception", ("closed", "closing_exception")


class Publidata:
    """The port `Territory` over Publidata."""

    def __init__(self, settings: dict[str, Any], kept: Kept[Sector], clock: Callable[[], datetime], url: str = URL, pool: Any = None) -> None:
        """`settings`: the town's [town.publidata]: instance, citycode, and which of its types is which collection."""
        self._instance, self._citycode, self._types = settings["instance"], settings["citycode"], settings["types"]
        self._kept, self._clock, self._url, self._pool = kept, clock, url, pool
        self._rest_until: datetime | None = None

    def locate(self, address: str, city: City) -> Located | None:
        """The sector of an address, asked for and kept; None where nobody answers."""
        query = {"q": address[:120], "citycode": self._citycode, "limit": 5, "lookup": "publidata"}
        try:
            features = _features(self._get("/v2/geocoder", query))
            found = [p for p in (_table(f, "properties") for f in features) if p.get("citycode") == self._citycode]
            best = next((p for p in found if p.get("type") == "housenumber"), None)
            if best is None:
                street = next((str(p.get("name") or "") for p in found if p.get("type") == "street"), "")
                return Located(street=_inside(street), number=bool(street))
            key = str(best.get("id") or "")
            if not key.replace("_", "").isalnum() or len(key) > 40:
                return Located()
            name, sector = self._fetch(key, city)
            self._kept.change(name, lambda _: sector)
            return Located(name, _inside(str(best.get("street") or best.get("name") or "")))
        except (NoAnswer, StoreUnavailable):
            return None

    def rounds(self, sector: str, collection: Collection, city: City) -> tuple[Round, ...] | None:
        """The rounds of a collection in a sector; () where there are none for sure, None where they are not certain."""
        try:
            known = self._kept.get(sector)
        except StoreUnavailable:
            return None
        if known.asked is None:
            return None
        age = self._clock() - known.asked
        if age > FRESH:
            known = self._again(sector, known, city) or (known if age <= LASTING else Sector())
        return known.rounds.get(collection.id)

    def _again(self, sector: str, known: Sector, city: City) -> Sector | None:
        """The sector asked for once more; None where nobody answers, or where the address has gone to another sector."""
        try:
            name, fresh = self._fetch(known.address, city)
            self._kept.change(name, lambda _: fresh)
        except (NoAnswer, StoreUnavailable):
            return None
        return fresh if name == sector else Sector()

    def _fetch(self, address: str, city: City) -> tuple[str, Sector]:
        """An address's sector, with its name. Raises NoAnswer."""
        query = {
            "types[]": "Platform::Services::WasteCollection",
            "instances[]": self._instance,
            "collection_modes[]": "truck",
            "address_id": address,
            "size": 999,
        }
        data = self._get("/v2/search", query)
        hits = _table(data, "hits").get("hits")
        if not isinstance(hits, list):
            raise NoAnswer("no hits")
        services = [s for s in (_table(h, "_source") for h in hits if isinstance(h, dict)) if _table(s, "metas").get("sectorization") == "single"]
        by_collection: dict[str, list[dict[str, Any]]] = {}
        for service in services:
            types = _table(service, "metas").get("garbage_types")
            for code in types if isinstance(types, list) else ():
                collection = str(self._types.get(code, "")) if isinstance(code, str) else ""
                if collection in city.collections:
                    by_collection.setdefault(collection, []).append(service)
        rounds = {key: found for key, some in by_collection.items() if (found := _rounds(some, city.country)) is not None}
        ids = sorted(str(s.get("id")) for s in services)
        return hashlib.sha256("\n".join([str(self._instance), *ids]).encode()).hexdigest()[:24], Sector(address, rounds, self._clock())

    def _get(self, path: str, query: dict[str, Any]) -> Any:
        """The answer to one call. After one that failed nobody is asked for a while: several collections in one reply wait once."""
        if self._rest_until is not None and self._clock() < self._rest_until:
            raise NoAnswer("resting after a failure")
        try:
            status, data = ask("GET", f"{self._url}{path}?{urlencode(query)}", CALL_SECONDS, pool=self._pool)
            if status != 200:
                raise NoAnswer(f"status {status}")
        except NoAnswer:
            self._rest_until = self._clock() + REST
            raise
        return data


def _inside(street: str) -> str:
    """A street's name as inside a sentence: "rue Ernest Renan"."""
    return street[:1].lower() + street[1:80]


def _features(data: Any) -> list[dict[str, Any]]:
    first = data[0] if isinstance(data, list) and data else data
    features = _table(first, "data").get("features")
    return [f for f in features if isinstance(f, dict)] if isinstance(features, list) else []


def _table(value: Any, key: str) -> dict[str, Any]:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _rounds(services: list[dict[str, Any]], country: str) -> tuple[Round, ...] | None:
    """The rounds of one collection from the services that make it; None where something of them cannot be read for sure.

    An exception beats a closure, a closure beats the regular days: in opening_hours notation the later rule wins.
    """
    out: list[Round] = []
    for service in services:
        schedules = service.get("schedules")
        if not isinstance(schedules, list) or len(schedules) > MOST_SCHEDULES or not all(isinstance(s, dict) for s in schedules):
            return None
        kinds = {s.get("schedule_type") for s in schedules}
        if kinds - {_REGULAR, _EXCEPTION, *_CLOSURES}:
            return None
        changes = [_rule(s) for kind in (*_CLOSURES, _EXCEPTION) for s in schedules if s.get("schedule_type") == kind]
        for each in (s for s in schedules if s.get("schedule_type") == _REGULAR):
            text = "; ".join([_rule(each), *changes])
            first, last = _day(each.get("start_at")), _day(each.get("end_at"))
            if (
                "" in (_rule(each), *changes)
                or len(text) > LONGEST_SCHEDULE
                or not _readable(_rule(each), changes, country)
                or (first and last and last < first)
            ):
                return None
            out.append(door(text, first, last))
    return tuple(out) if len(out) <= MOST_ROUNDS else None


def _readable(regular: str, changes: list[str], country: str) -> bool:
    """Whether each rule is one that our own reader takes as it was meant, and whether days are named at all."""
    if regular == "24/7" or problems_in(regular, country):
        return False
    return all(not problems_in(rule, country) or rule.endswith(" off") for rule in changes)


def _rule(schedule: dict[str, Any]) -> str:
    """A schedule's rule in the notation that we read; "" where there is none."""
    text = schedule.get("opening_hours")
    if not isinstance(text, str):
        return ""
    rules = []
    for part in _COMMENT.sub("", text).split(";"):
        rule = part.strip()
        if '"' in rule:
            return ""
        if rule:
            closed = schedule.get("schedule_type") in _CLOSURES and not rule.endswith("off")
            rules.append(safe(f"{rule} off" if closed else rule))
    return "; ".join(rules)


def _day(value: Any) -> date | None:
    """The first ten characters of a time: they repeat the local clock, whatever zone is written."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
