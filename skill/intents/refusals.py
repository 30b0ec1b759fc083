"""Why a reminder was not set, said plainly; and what messages need to tell of reminders."""

from __future__ import annotations

from typing import Final

from skill.conversation import terms
from skill.conversation.messages import reminders as m
from skill.conversation.ports import NO_DEVICE, NOT_ALLOWED, OUTAGE, TOO_MANY, UNSURE, ReminderRefused, Reminders
from skill.conversation.reminders import Rule
from skill.conversation.turn import ASKED_REMINDER, Card, Focus, Reply, Slots, Turn
from skill.intents.common import Services, tell

_SAID: Final[dict[str, type[terms.Message]]] = {
    NO_DEVICE: m.SpeakerCannotRemind,
    TOO_MANY: m.TooManyReminders,
    OUTAGE: m.RemindersOut,
    UNSURE: m.RemindersUnsure,
}


def ringing(rule: Rule) -> terms.Ringing:
    """A rule as messages tell it."""
    return terms.Ringing(rule.dates, rule.times, rule.days)


def calendar_card(port: Reminders, services: Services) -> Card | None:
    """Where one's calendar is read, for whoever has a screen."""
    link = port.link()
    return Card(services.city.name, link) if link else None


def refusal(refused: ReminderRefused, turn: Turn, services: Services, slots: Slots) -> Reply:
    """Why nothing was set. Where it is for want of permission, it is asked for, and the wish kept until the answer."""
    if refused.why == NOT_ALLOWED:
        if turn.intent == "PermissionIntent":  # it was just asked
            return not_allowed(turn)
        focus = Focus("ReminderIntent", slots, asked=ASKED_REMINDER)
        return Reply(m.MayIRemind(), focus=focus, intent=turn.intent, permission="reminders")
    if refused.why in (OUTAGE, UNSURE):
        services.warn("reminders cannot be reached")
    return tell(_SAID.get(refused.why, m.ReminderNotTaken)(), turn, Slots())


def not_allowed(turn: Turn) -> Reply:
    """The permission was refused; a card says where it can be given."""
    return Reply(m.NotAllowed(), focus=Focus(turn.intent), intent=turn.intent, permission="reminders-card")
