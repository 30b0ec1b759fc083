"""Requests of the size and shape that an Echo Show sends: 3 to 4 kB of context around each."""

from __future__ import annotations

from typing import Any

from tests.channels.test_alexa import envelope, slot

APP, USER = "amzn1.ask.skill.ours", f"amzn1.ask.account.{'A' * 180}"
_VIEWPORT = {
    "experiences": [{"arcMinuteWidth": 246, "arcMinuteHeight": 144, "canRotate": False, "canResize": False}], "mode": "HUB", "shape": "RECTANGLE",
    "pixelWidth": 1024, "pixelHeight": 600, "dpi": 160, "currentPixelWidth": 1024, "currentPixelHeight": 600, "touch": ["SINGLE"],
    "video": {"codecs": ["H_264_42", "H_264_41"]},
}  # fmt: skip


def full(event: dict[str, Any]) -> dict[str, Any]:
    """An envelope with all that an Echo Show says of itself."""
    device = {
        "deviceId": f"amzn1.ask.device.{'B' * 160}", "supportedInterfaces": {
            "AudioPlayer": {}, "Alexa.Presentation.APL": {"runtime": {"maxVersion": "2024.3"}}, "Geolocation": {}, "Display": {"templateVersion": "1.0"},
        },
    }  # fmt: skip
    system = {
        "application": {"applicationId": APP}, "user": {"userId": USER}, "device": device, "apiEndpoint": "https://api.eu.amazonalexa.com",
        "apiAccessToken": "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ." + "c" * 1100,
    }  # fmt: skip
    context = {
        "System": system, "AudioPlayer": {"playerActivity": "IDLE"}, "Viewport": _VIEWPORT,
        "Viewports": [{"type": "APL", "id": "main", "shape": "RECTANGLE", "dpi": 160, "presentationType": "STANDARD", "canRotate": False, "configuration": {
            "current": {"mode": "HUB", "video": {"codecs": ["H_264_42", "H_264_41"]}, "size": {"type": "DISCRETE", "pixelWidth": 1024, "pixelHeight": 600}}}}],
        "Extensions": {"available": {"aplext:backstack:10": {}}},
    }  # fmt: skip
    session = {
        "new": True,
        "sessionId": f"amzn1.echo-api.session.{'d' * 36}",
        "application": {"applicationId": APP},
        "user": {"userId": USER},
        "attributes": {},
    }
    request = {**event["request"], "requestId": f"amzn1.echo-api.request.{'e' * 36}"}
    return {"version": "1.0", "session": session, "context": context, "request": request}


def mixed() -> list[dict[str, Any]]:
    """A morning's requests: most are questions that Alexa resolved, some heard by our own ear, some openings, some reports of a player."""
    resolved = slot("place", "parc barbusse", "parc-henri-barbusse")
    questions = [
        envelope("ClosingTimeIntent", resolved), envelope("OpenNowIntent", slot("place", "la médiathèque", "mediatheque-des-chartreux")),
        envelope("OpeningHoursIntent", {**resolved, **slot("date", "2026-12-05")}), envelope("NextCollectionIntent", slot("collection", "déchets verts", "green-waste")),
        envelope("WhatTonightIntent"), envelope("WhereToThrowIntent", slot("item", "pot de peinture", "paint")), envelope("ClosingTimeIntent", slot("place", "parc barbus")),
        envelope("TownQuestionIntent", slot("question", "est le maire d'issy")), envelope("PlacePhoneIntent", resolved), envelope("PlaceWhereIntent", resolved),
    ]  # fmt: skip
    opened = envelope()
    opened["request"]["type"] = "LaunchRequest"
    ended = envelope()
    ended["request"].update(type="SessionEndedRequest", reason="USER_INITIATED")
    return [full(event) for event in (*questions, opened, ended)]
