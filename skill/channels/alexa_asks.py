"""What we ask of Alexa's own dialogue: what is missing, a yes or a no, a permission; and what was answered.

The wish that waits for the permission goes with the question and comes back with the answer: whether the session survives in
between is not certain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from skill.conversation.plain import table
from skill.conversation.reminders import Wish
from skill.conversation.turn import (
    ASKED_ADDRESS,
    ASKED_ALL,
    ASKED_HOME,
    ASKED_OFFER,
    ASKED_REMINDER,
    ASKED_TIME,
    ASKED_WHAT,
    ASKED_WHICH,
    Focus,
    Reply,
    Slots,
    Turn,
    TurnKind,
)

REMINDERS: Final = "alexa::alerts:reminders:skill:readwrite"
ADDRESS: Final = "read::alexa:device:all:address"
_CARDS: Final = {"reminders-card": REMINDERS, "address-card": ADDRESS}
LONGEST_TOKEN: Final = 4_000
_ELICITED: Final = {
    ASKED_TIME: "ReminderIntent", ASKED_WHAT: "ReminderIntent", ASKED_WHICH: "CancelReminderIntent", ASKED_ADDRESS: "HomeIntent",
    "place": "OpeningHoursIntent", "collection": "NextCollectionIntent",
}  # fmt: skip
"""What was asked: the intent whose first slot takes the answer, whatever its words."""
_CONFIRMED: Final = {ASKED_REMINDER: "ReminderIntent", ASKED_OFFER: "ReminderIntent", ASKED_ALL: "CancelAllRemindersIntent", ASKED_HOME: "HomeIntent"}
"""What was said back: the intent that yes or no confirms."""


def dialog_order(reply: Reply, meanings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The directive by which Alexa hears the next words as the answer to what we ask; none where we ask nothing in particular."""
    asked = reply.focus.asked if reply.reprompt is not None else ""
    name = _ELICITED.get(asked) or _CONFIRMED.get(asked, "")
    slots = meanings.get(name, {}).get("dialog")
    if slots is None:
        return []
    intent = {"name": name, "confirmationStatus": "NONE", "slots": {s: {"name": s, "confirmationStatus": "NONE"} for s in slots}}
    if asked in _CONFIRMED:
        return [{"type": "Dialog.ConfirmIntent", "updatedIntent": intent}]
    return [{"type": "Dialog.ElicitSlot", "slotToElicit": slots[0], "updatedIntent": intent}]


def answered(intent: dict[str, Any], focus: Focus) -> str:
    """What came of such a directive: "yes", "no", the words that were said, or "" where this is no answer to one."""
    name, status = intent.get("name"), intent.get("confirmationStatus")
    if _CONFIRMED.get(focus.asked) == name and status in ("CONFIRMED", "DENIED"):
        return YES if status == "CONFIRMED" else NO
    if _ELICITED.get(focus.asked) != name:
        return ""
    slots = intent.get("slots")
    return " ".join(s["value"] for s in slots.values() if isinstance(s, dict) and isinstance(s.get("value"), str)) if isinstance(slots, dict) else ""


YES: Final = "AMAZON.YesIntent"
NO: Final = "AMAZON.NoIntent"


def permission_orders(reply: Reply, user: str) -> list[dict[str, Any]]:
    """The directive by which Alexa asks for a permission, in her own words."""
    if reply.permission != "reminders":
        return []
    wish = reply.focus.slots.wish
    token = json.dumps({"user": user, "wish": wish.plain() if wish else {}}, ensure_ascii=False)
    payload = {
        "@type": "AskForPermissionsConsentRequest", "@version": "2", "permissionScopes": [{"permissionScope": REMINDERS, "consentLevel": "ACCOUNT"}],
    }  # fmt: skip
    return [{"type": "Connections.SendRequest", "name": "AskFor", "payload": payload, "token": token}]


def consent_card(reply: Reply) -> dict[str, Any] | None:
    """The card by which a permission can be given in the application."""
    scope = _CARDS.get(reply.permission)
    return {"type": "AskForPermissionsConsent", "permissions": [scope]} if scope else None


def permission_turn(request: dict[str, Any], base: Turn) -> Turn:
    """What was answered to Alexa's question, with the wish that waited for it."""
    payload = table(request, "payload")
    scopes = payload.get("permissionScopes")
    inner = next((s.get("status") for s in scopes if isinstance(s, dict)), None) if isinstance(scopes, list) else None
    granted = request.get("name") == "AskFor" and "ACCEPTED" in (payload.get("status"), inner) and str(table(request, "status").get("code", "200")) == "200"
    wish = base.focus.slots.wish or _waiting(request.get("token"), base.user)
    focus = base.focus.but(intent="ReminderIntent", slots=Slots(wish=wish), asked=ASKED_REMINDER) if wish else Focus()
    return base.but(kind=TurnKind.INTENT, intent="PermissionIntent", slots=Slots(aspects=("granted",) if granted else ()), focus=focus)


def _waiting(token: Any, user: str) -> Wish | None:
    """The wish that went with the question, if it was this person's."""
    try:
        data = json.loads(token) if isinstance(token, str) and len(token) <= LONGEST_TOKEN else None
    except (ValueError, RecursionError):
        return None
    return Wish.from_plain(data.get("wish")) if isinstance(data, dict) and user and data.get("user") == user else None
