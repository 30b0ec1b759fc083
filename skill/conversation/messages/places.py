"""Where a place is, what is there, for whom and for how much."""

from __future__ import annotations

from skill.conversation.terms import Ages, Contact, Message, Name, Phone, Words


class PlaceIsAt(Message):
    place: Name
    address: str


class PlaceWhere(Message):
    where: Words


class PlaceInside(Message):
    place: Name
    outer: Name


class PlaceInsideAt(Message):
    place: Name
    outer: Name
    address: str


class PlaceEntrance(Message):
    place: Name
    entrance: str


class WhereNotKnown(Message):
    place: Name
    contact: Contact


class PhoneIs(Message):
    place: Name
    phone: Phone


class PhoneNotKnown(Message):
    place: Name
    contact: Contact


class EntrancesAre(Message):
    place: Name
    entrances: tuple[str, ...]


class EntranceIs(Message):
    place: Name
    entrance: str


class ReachedBy(Message):
    place: Name
    transport: tuple[str, ...]


class AccessNotKnown(Message):
    place: Name
    contact: Contact


class PricesAre(Message):
    prices: Words


class FareIs(Message):
    place: Name
    who: Words
    amount: Words


class PriceNotKnown(Message):
    place: Name
    contact: Contact


class AgesAre(Message):
    place: Name
    ages: Ages


class AgesAreMany(Message):
    place: Name
    areas: tuple[Ages, ...]


class AgesNotKnown(Message):
    place: Name
    contact: Contact


class AreaIs(Message):
    place: Name
    hectares: float


class AreaIsSmall(Message):
    place: Name
    metres: int


class Largest(Message):
    """Of the places whose area is published."""

    place: Name
    hectares: float


class AreaNotKnown(Message):
    place: Name


class AboutPlace(Message):
    place: Name
    about: Words


class AboutNotKnown(Message):
    place: Name


class HasFacility(Message):
    place: Name
    facility: Words


class NoFacility(Message):
    place: Name
    facility: Words
    choices: tuple[Name, ...]


class FacilityAt(Message):
    facility: Words
    places: tuple[Name, ...]


class PlacesAre(Message):
    kind: Name
    places: tuple[Name, ...]
    count: int


class NoneInDistrict(Message):
    kind: Name
    district: Name
    places: tuple[Name, ...]


class NoPlayAreaForAge(Message):
    age: Ages


class PlayAreasFor(Message):
    age: Ages
    places: tuple[Name, ...]
