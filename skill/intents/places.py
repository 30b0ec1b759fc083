"""Places: where, by which entrance or bus, on what number, at what price, for what age, and where to find what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from skill.city.fold import fold
from skill.city.model import Fare, Place, in_district
from skill.conversation import terms
from skill.conversation.messages import lists, talk
from skill.conversation.messages import places as m
from skill.conversation.turn import MAX_CHOICES, Reply, Turn
from skill.intents.common import Handler, Services, ask, card_for, contact, district_name, kind_name, name, places_meant, tell, which_place

PLAYGROUND: Final = "playground"
_HECTARE: Final = 10_000
_CHILD: Final = 17
"""An age up to this, with an adult: a family, which is told every price."""


def _about(answer: Callable[[Place, Turn, Services], terms.Message], has: Callable[[Place], object]) -> Handler:
    """A handler that finds the place meant, asks when several fit, and words the answer."""

    def handle(turn: Turn, services: Services) -> Reply:
        places = places_meant(turn, services)
        kind = turn.slots.kind
        if not places and kind:
            places = services.city.of_kind(kind)
            if turn.slots.district:
                places = tuple(p for p in places if in_district(p, services.city.districts[turn.slots.district], services.city)) or places
        if len(places) > 1:
            places = tuple(p for p in places if has(p)) or places
        if not places:
            return ask(lists.WhichPlaceAtAll(), lists.WhichPlaceAtAll(), turn, "place")
        if len(places) > 1:
            return which_place(places, kind if kind and all(p.kind == kind for p in places) else "", turn, services)
        place = places[0]
        turn = turn.but(slots=turn.slots.but(places=(place.id,), kind=""))
        return tell(answer(place, turn, services), turn, source=place.source, card=card_for(place, turn.language))

    return handle


def _where(place: Place, turn: Turn, services: Services) -> terms.Message:
    outer = services.city.places.get(place.part_of)
    if place.where:
        return m.PlaceWhere(place.where)
    if place.address:
        return m.PlaceInsideAt(name(place), name(outer), place.address) if outer else m.PlaceIsAt(name(place), place.address)
    if outer:
        return m.PlaceInside(name(place), name(outer))
    if place.entrances:
        return m.PlaceEntrance(name(place), place.entrances[0])
    return m.WhereNotKnown(name(place), contact(services))


def _phone(place: Place, turn: Turn, services: Services) -> terms.Message:
    return m.PhoneIs(name(place), terms.Phone(place.phone)) if place.phone else m.PhoneNotKnown(name(place), contact(services))


def _price(place: Place, turn: Turn, services: Services) -> terms.Message:
    fare = _fare(place, turn)
    if fare:
        return m.FareIs(place=name(place), who=fare.label, amount=fare.say)
    return m.PricesAre(place.prices) if place.prices else m.PriceNotKnown(name(place), contact(services))


def _fare(place: Place, turn: Turn) -> Fare | None:
    """The one fare of the person spoken of, if an age, an adult or a resident was spoken of."""
    age, aspects = turn.slots.age, set(turn.slots.aspects)
    if (age is None and not {"adult", "resident"} & aspects) or (age is not None and age <= _CHILD and "adult" in aspects):
        return None
    years = 30.0 if age is None else age
    fits = [f for f in place.fares if f.start <= years and (f.to is None or years <= f.to) and f.resident <= ("resident" in aspects)]
    return max(fits, key=lambda f: f.resident, default=None)


_RIDE: Final = frozenset({"bus", "metro", "transport", "transports", "ligne"})


def _access(place: Place, turn: Turn, services: Services) -> terms.Message:
    """Buses where one asks how to get there, entrances where one asks which way in."""
    words = frozenset(turn.text.lower().replace("é", "e").split())
    ride = bool((_RIDE | {fold(n) for n in services.city.network}) & words) or any(w in words for w in ("aller", "venir", "rendre", "va", "get", "buses"))
    if place.transport and (ride or not place.entrances):
        return m.ReachedBy(name(place), place.transport)
    if len(place.entrances) == 1:
        return m.EntranceIs(name(place), place.entrances[0])
    if place.entrances:
        return m.EntrancesAre(name(place), place.entrances)
    if place.part_of in services.city.places:
        return _access(services.city.places[place.part_of], turn, services)
    return _where(place, turn, services) if place.address or place.where else m.AccessNotKnown(name(place), contact(services))


def _ages(place: Place, turn: Turn, services: Services) -> terms.Message:
    areas = tuple(terms.Ages(a.start, a.to) for a in place.play_areas)
    if len(areas) == 1:
        return m.AgesAre(name(place), areas[0])
    return m.AgesAreMany(name(place), areas) if areas else m.AgesNotKnown(name(place), contact(services))


def _area(place: Place, turn: Turn, services: Services) -> terms.Message:
    if place.area_ha is None:
        return m.AreaNotKnown(name(place))
    return m.AreaIs(name(place), place.area_ha) if place.area_ha >= 1 else m.AreaIsSmall(name(place), round(place.area_ha * _HECTARE))


def _tell_about(place: Place, turn: Turn, services: Services) -> terms.Message:
    if place.about:
        return m.AboutPlace(name(place), place.about)
    return _where(place, turn, services) if place.address or place.where else m.AboutNotKnown(name(place))


def has_facility(turn: Turn, services: Services) -> Reply:
    """Whether the place named has the thing asked; if not, where it is."""
    places = places_meant(turn, services)
    facility = services.city.facilities.get(turn.slots.facility)
    if not places or facility is None:
        return find_place(turn, services)
    place = next((p for p in places if facility.id in p.facilities), places[0])
    if facility.id == place.kind:
        return find_place(turn, services)
    turn = turn.but(slots=turn.slots.but(places=(place.id,)))
    inside = [p for p in services.city.places.values() if p.part_of == place.id and facility.id in (p.kind, *p.facilities)]
    inner = next((p for p in inside if p.kind == facility.id), None)
    if inner:
        return tell(_where(inner, turn, services), turn, source=inner.source, card=card_for(inner, turn.language))
    if facility.id in place.facilities or inside:
        return tell(m.HasFacility(name(place), facility.name), turn, source=place.source)
    others = _offering(facility.id, services)[:MAX_CHOICES]
    if not others:
        return tell(talk.NotKnown(contact(services)), turn)
    return tell(m.NoFacility(name(place), facility.name, tuple(name(p) for p in others)), turn, source=place.source)


def _offering(wanted: str, services: Services) -> tuple[Place, ...]:
    """Places that are or have the thing; a park is left out where its own corner for it is listed."""
    found = [p for p in services.city.places.values() if not p.outside and (p.kind == wanted or wanted in p.facilities)]
    inner = {p.part_of for p in found if p.kind == wanted}
    return tuple(p for p in found if p.id not in inner)


def find_place(turn: Turn, services: Services) -> Reply:
    """Where the thing or kind of place asked for is, by age and district where they were said."""
    slots, city = turn.slots, services.city
    wanted = slots.facility if slots.facility in city.facilities else slots.kind
    if not wanted and slots.age is not None:
        wanted = PLAYGROUND
    found = _offering(wanted, services)
    if slots.facility and slots.kind and slots.kind != slots.facility:
        found = tuple(p for p in found if p.kind == slots.kind) or found
    if slots.age is not None and wanted in (PLAYGROUND, "teen_area", slots.kind):
        fitting = tuple(p for p in city.places.values() if any(a.start <= slots.age <= (a.to or 120) for a in p.play_areas))
        age = terms.Ages(slots.age, slots.age)
        if slots.district:
            fitting = tuple(p for p in fitting if in_district(p, city.districts[slots.district], city)) or fitting
        if not fitting:
            return tell(m.NoPlayAreaForAge(age), turn)
        return _listed(fitting, lambda some: m.PlayAreasFor(age, some), turn)
    if slots.district and found:
        here = tuple(p for p in found if in_district(p, city.districts[slots.district], city))
        if not here:
            others = tuple(name(p) for p in found[:MAX_CHOICES])
            return tell(m.NoneInDistrict(kind_name(slots.kind, services), district_name(city.districts[slots.district]), others), turn, source=found[0].source)
        found = here
    if not found:
        return tell(talk.NotKnown(contact(services)), turn)
    facility = city.facilities.get(slots.facility)
    if len(found) == 1 and (facility is None or found[0].kind == facility.id):
        place = found[0]
        focus = turn.but(slots=slots.but(places=(place.id,), kind="", facility=""))
        return tell(_where(place, turn, services), focus, source=place.source, card=card_for(place, turn.language))
    if facility is not None and facility.id != slots.kind:
        return _listed(found, lambda some: m.FacilityAt(facility.name, some), turn)
    many = kind_name(slots.kind or wanted, services, many=True)
    count = len(found)
    return _listed(found, lambda some: m.PlacesAre(many, some, count), turn)


def _listed(found: tuple[Place, ...], word: Callable[[tuple[terms.Name, ...]], terms.Message], turn: Turn) -> Reply:
    """Three at most, then an offer to go on."""
    rest = found[MAX_CHOICES:] if len(found) > MAX_CHOICES + 1 else ()
    shown = found[:MAX_CHOICES] if rest else found
    message = word(tuple(name(p) for p in shown))
    slots = turn.slots.but(places=(shown[0].id,) if len(found) == 1 else ())
    if rest:
        return ask(lists.MoreOfThem(message), talk.HelpReprompt(), turn, "more", tuple(p.id for p in rest), slots)
    reply = tell(message, turn, slots, source=shown[0].source)
    return reply.but(focus=reply.focus.but(choices=tuple(p.id for p in shown)))


def largest(turn: Turn, services: Services) -> Reply:
    """The largest place of a kind whose area is published."""
    known = [p for p in services.city.of_kind(turn.slots.kind) if p.area_ha]
    if not known:
        return tell(talk.NotKnown(contact(services)), turn)
    place = max(known, key=lambda p: p.area_ha or 0)
    return tell(m.Largest(name(place), place.area_ha or 0), turn, turn.slots.but(places=(place.id,), kind=""), source=place.source)


def more(turn: Turn, services: Services) -> Reply:
    """The rest of a list that was offered."""
    found = tuple(services.city.places[c] for c in turn.focus.choices if c in services.city.places)
    if not found:
        return tell(talk.AllRight(), turn)
    turn = turn.but(intent=turn.focus.intent, slots=turn.focus.slots)
    return _listed(found, lambda some: lists.TheRest(tuple(lists.JustPlace(n) for n in some)), turn)


HANDLERS: Final[dict[str, Handler]] = {
    "PlaceWhereIntent": _about(_where, lambda p: p.address or p.where),
    "PlacePhoneIntent": _about(_phone, lambda p: p.phone),
    "PlacePriceIntent": _about(_price, lambda p: p.prices),
    "PlaceAccessIntent": _about(_access, lambda p: p.entrances or p.transport),
    "PlaceAgesIntent": _about(_ages, lambda p: p.play_areas),
    "PlaceAreaIntent": _about(_area, lambda p: p.area_ha),
    "PlaceAboutIntent": _about(_tell_about, lambda p: p.about),
    "HasFacilityIntent": has_facility,
    "FindPlaceIntent": find_place,
    "LargestPlaceIntent": largest,
}
