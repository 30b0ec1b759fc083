"""Calendars: what an independent reader (ics.py) finds in them is what the town knows, and one's own is nobody else's."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import ics
import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from skill.app import Settings, Skill
from skill.channels import calendars
from skill.channels.web import create_app
from skill.city import waste
from skill.city.notices import CANCELLED, Notice
from skill.conversation.agenda import Agenda
from skill.conversation.reminders import Reminder, Rule
from skill.conversation.turn import Focus
from skill.homes import memory_of
from tests.conftest import PARIS, at
from tests.fakes import announcing


def read(data: bytes) -> ics.Calendar:
    found = ics.Calendar(data.decode())
    assert not Calendar.from_ical(data).errors
    return found


@pytest.mark.parametrize("today", [date(2026, 12, 20), *(pytest.param(day, marks=pytest.mark.slow) for day in (date(2025, 4, 1), date(2025, 10, 14)))])
def test_every_sector_has_its_certain_rounds_and_no_other(issy: Skill, today: date) -> None:
    for sector in calendars.sectors(issy.city):
        events = read(calendars.collections_calendar(issy.city, sector, today)).events
        first, last = today - timedelta(days=calendars.PAST_DAYS), today + timedelta(days=calendars.AHEAD_DAYS)
        wanted = {
            (p.day, c.say["fr"][:1].upper() + c.say["fr"][1:])
            for c in issy.city.collections.values()
            for p in waste.certain(issy.city, c, first, last, "" if sector == calendars.WHOLE_TOWN else sector)
            if not (p.round.district and sector == calendars.WHOLE_TOWN and c.door)
        }
        assert {(e.begin.to("Europe/Paris").date() if not e.all_day else e.begin.date(), e.name) for e in events} == wanted
        assert all(e.alarms for e in events)
        assert len({e.uid for e in events}) == len(events)


def test_the_alarm_of_a_collection_rings_the_evening_before(issy: Skill) -> None:
    events = read(calendars.collections_calendar(issy.city, "epinettes", date(2025, 10, 14))).events
    food = next(e for e in events if e.all_day and e.name == "Les déchets alimentaires")
    (alarm,) = food.alarms
    rings = food.begin.naive + alarm.trigger
    assert (rings.hour, rings.date()) == (19, food.begin.date() - timedelta(days=1))


def test_a_round_one_goes_to_has_its_hours_and_place(issy: Skill) -> None:
    events = read(calendars.collections_calendar(issy.city, "ville", date(2025, 10, 14))).events
    van = next(e for e in events if e.begin.date() == date(2025, 10, 16))
    assert van.location.startswith("Passage Nicolas Stenon")
    assert van.begin.to("Europe/Paris").format("HH:mm") == "15:30"


def own(*reminders: Reminder) -> Agenda:
    return Agenda(tuple(r.but(tokens=(f"{n:016x}",)) for n, r in enumerate(reminders)))


def test_ones_own_reminders_ring_when_they_were_asked_for(issy: Skill) -> None:
    now = at("2025-10-14 09:00")
    hours = (datetime(2025, 1, 1, 8).time(), datetime(2025, 1, 1, 20, 30).time())
    agenda = own(
        Reminder("prendre vos médicaments", Rule(times=hours)), Reminder("vos exercices", Rule(times=hours[:1], days=(0, 3))),
        Reminder("appeler votre fille, « Zoé » ; vite", Rule(dates=(at("2025-10-25 15:00"), at("2025-10-27 15:00")))),
        Reminder(collection="food-waste", district="epinettes"),
    )  # fmt: skip
    data = calendars.own_calendar(issy.city, agenda, now)
    read(data)
    rings: dict[str, list[datetime]] = {}
    for event in Calendar.from_ical(data).walk("VEVENT"):
        start = event["DTSTART"].dt.astimezone(PARIS)
        rule = event.get("RRULE")
        until = at("2025-11-04 00:00")
        some = (
            rrulestr(rule.to_ical().decode(), dtstart=start.replace(tzinfo=None)).between(now.replace(tzinfo=None), until.replace(tzinfo=None))
            if rule
            else [start.replace(tzinfo=None)]
        )
        rings.setdefault(str(event["SUMMARY"]), []).extend(some)
    for reminder in agenda.reminders[:3]:
        name = reminder.text[:1].upper() + reminder.text[1:]
        wanted = [m.replace(tzinfo=None) for m in itertools.takewhile(lambda m: m < at("2025-11-04 00:00"), reminder.rule.moments(now))]
        assert sorted(rings[name]) == wanted, name
    assert sorted(rings["Les déchets alimentaires"])[:3] == [datetime(2025, 10, d, 19) for d in (14, 17, 21)]


def test_dates_that_come_from_a_file_are_in_the_towns_zone(issy: Skill, tmp_path) -> None:
    memory = memory_of(Settings(data=str(tmp_path)))
    memory.agendas.change("s", lambda _: own(Reminder("x", Rule(dates=(at("2025-10-25 15:00"), at("2025-11-25 15:00"))))))
    data = calendars.own_calendar(issy.city, memory_of(Settings(data=str(tmp_path))).agendas.get("s"), at("2025-10-14 09:00"))
    assert b"DTSTART;TZID=Europe/Paris:20251025T150000" in data
    assert b"BEGIN:VTIMEZONE" in data
    read(data)


def test_hours_stay_hours_over_the_change_of_clocks(issy: Skill) -> None:
    data = calendars.own_calendar(issy.city, own(Reminder("x", Rule(dates=(at("2025-10-25 08:00"), at("2025-10-26 08:00"))))), at("2025-10-14 09:00"))
    starts = sorted(e["DTSTART"].dt for e in Calendar.from_ical(data).walk("VEVENT"))
    assert [s.hour for s in starts] == [8, 8]
    assert starts[1].astimezone(PARIS) - starts[0].astimezone(PARIS) == timedelta(days=1)
    assert b"BEGIN:VTIMEZONE" in data


def test_over_the_web(issy: Skill) -> None:
    skill = Skill(issy.town)
    client = create_app(Settings(verify=False), skill).test_client()
    listed = client.get("/calendars/").get_data(as_text=True)
    for sector in calendars.sectors(skill.city):
        assert f'href="{sector}.ics"' in listed
        answer = client.get(f"/calendars/{sector}.ics")
        assert answer.status_code == 200
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert client.get(f"/calendars/{sector}.ics", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for unknown in ("nowhere.ics", "mine/00000000000000000000000000000000.ics", "mine/x.ics", "mine/.ics", "../etc/passwd.ics"):
        assert client.get(f"/calendars/{unknown}").status_code == 404


def test_ones_own_address_is_given_and_taken_away(issy: Skill) -> None:
    skill = Skill(issy.town, address="https://mairie.example")
    client = create_app(Settings(verify=False), skill).test_client()
    focus = Focus()
    for words in ("rappelle-moi de prendre mes médicaments tous les jours à huit heures", "oui"):
        answer = skill.hear(words, "fr-FR", at("2025-10-14 09:00"), focus, user="u")
        focus = answer.reply.focus
    assert answer.reply.card is not None
    link = answer.reply.card.text
    assert link.startswith("https://mairie.example/calendars/mine/")
    path = link.removeprefix("https://mairie.example")
    assert "PRENDRE VOS" in client.get(path).get_data(as_text=True).upper()
    assert client.get(path).headers["Cache-Control"] == "private, no-store"
    skill.hear("oublie-moi", "fr-FR", at("2025-10-14 09:00"), Focus(), user="u")
    assert client.get(path).status_code == 404


def test_one_hour_of_two_can_be_taken_away_and_asking_twice_rings_once(issy: Skill) -> None:
    skill, focus, said = Skill(issy.town), Focus(), ""
    turns = ("rappelle-moi mes gouttes tous les jours à huit heures et à vingt heures", "oui") * 2 + (
        "annule le rappel de vingt heures",
        "quels sont mes rappels",
    )
    for words in turns:
        answer = skill.hear(words, "fr-FR", at("2026-03-10 09:00"), focus, user="u")
        focus, said = answer.reply.focus, answer.speech.text if answer.speech else ""
    assert said == "Vos rappels : vos gouttes, tous les jours à 8 heures."


def test_a_calendar_of_a_collection_stays_in_the_list_for_as_long_as_it_goes_on(issy: Skill) -> None:
    skill, focus = Skill(issy.town), Focus()
    for words in ("rappelle-moi la veille de la collecte des déchets alimentaires aux épinettes", "oui"):
        focus = skill.hear(words, "fr-FR", at("2026-03-10 09:00"), focus, user="u").reply.focus
    later = skill.hear("quels sont mes rappels", "fr-FR", at("2026-06-10 09:00"), Focus(), user="u").speech
    assert later is not None
    assert "déchets alimentaires" in later.text


def test_reminders_that_are_over_leave_room(issy: Skill) -> None:
    skill = Skill(issy.town)
    for n in range(70):
        focus = Focus()
        for words in (f"rappelle-moi de faire la chose {n} dans dix minutes", "oui"):
            answer = skill.hear(words, "fr-FR", at("2026-03-10 09:00") + timedelta(hours=n), focus, user="u")
            focus = answer.reply.focus
        assert answer.speech is not None
        assert "C'est dans votre agenda" in answer.speech.text


def test_what_staff_announce_is_in_the_calendars(issy: Skill) -> None:
    """A round that is cancelled leaves them, one that is moved stands on its new day; a calendar that was kept is none of the new town's."""
    day = at("2026-11-24 09:00").date()

    class Then(Skill):
        def now(self) -> datetime:
            return at("2026-11-22 09:00")

    def days(skill: Skill) -> str:
        return create_app(Settings(data="", verify=False, rate=""), skill, alexa=False, figures=False).test_client().get("/calendars/centre-ville.ics").text

    skill = Then(issy.town)
    assert "20261124" in days(skill)
    skill.replace(announcing(issy, Notice("n", CANCELLED, day, day, collection="food-waste")).town)
    assert "DTSTART;VALUE=DATE:20261124" not in days(skill)
