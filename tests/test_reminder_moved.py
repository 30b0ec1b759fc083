"""A reminder that was just set is moved: the new one is taken before the old one goes, and an old one that stays is told."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from skill.app import SPEAKER, Helps, Skill
from skill.conversation.ports import OUTAGE, ReminderRefused
from skill.conversation.reminders import Reminder
from skill.conversation.turn import Focus, Turn, TurnKind
from skill.stores.compiled import from_files
from skill.stores.town_files import CITIES

NOW = datetime(2025, 10, 14, 9, tzinfo=ZoneInfo("Europe/Paris"))


class Ringing:
    """A speaker that rings, and perhaps gives nothing up."""

    rings = True

    def __init__(self, keeps: bool = False) -> None:
        self.keeps, self.held, self.count = keeps, dict[str, Reminder](), 0

    def set(self, reminder: Reminder) -> Reminder:
        self.count += 1
        done = reminder.but(tokens=(f"t{self.count}",))
        self.held[done.tokens[0]] = done
        return done

    def all(self) -> tuple[Reminder, ...]:
        return tuple(self.held.values())

    def cancel(self, reminder: Reminder) -> None:
        if self.keeps:
            raise ReminderRefused(OUTAGE)
        for token in reminder.tokens:
            self.held.pop(token, None)

    def link(self) -> str:
        return ""


def said(port: Ringing, *lines: str) -> list[str]:
    """What is answered to some lines of one conversation."""
    skill, focus, out = Skill(from_files(CITIES / "issy-les-moulineaux")), Focus(), []
    for line in lines:
        choice, _ = skill.understand(line, "fr-FR", NOW, focus)
        turn = Turn(TurnKind.INTENT, "fr-FR", NOW, choice.intent, choice.slots, text=line, device=SPEAKER, user="u", focus=focus)
        answer = skill.answer(turn, helps=Helps(reminders=lambda: port))
        focus = answer.reply.focus
        out.append(answer.speech.text if answer.speech else "")
    return out


LINES = ("rappelle-moi d'appeler ma fille demain à quinze heures", "oui", "finalement à seize heures", "oui")


def test_it_is_moved_after_a_yes() -> None:
    port = Ringing()
    said(port, *LINES[:3])
    assert [r.rule.dates[0].hour for r in port.all()] == [15], "nothing changes before the yes"
    port = Ringing()
    assert said(port, *LINES)[-1] == "C'est noté : appeler votre fille, demain à 16 heures."
    assert [r.rule.dates[0].hour for r in port.all()] == [16]


def test_an_old_one_that_would_not_go_is_told() -> None:
    port = Ringing(keeps=True)
    assert said(port, *LINES)[-1].endswith("L'ancien rappel est resté : je n'ai pas pu l'enlever.")
    assert sorted(r.rule.dates[0].hour for r in port.all()) == [15, 16]
