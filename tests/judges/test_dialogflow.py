"""Google's protobufs, and the sample request of its own documentation: what we answer is a WebhookResponse of both versions, field by field."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.house import SETTINGS, House, open_house
from tests.judges.homes import Home

WORDS = ("à quelle heure ferme le parc barbusse", "", "je suis tombé", "quels marchés demain", "zigoto farfelu")


def post(house: House, data: Any) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {SETTINGS.dialogflow_key}"}
    with urllib.request.urlopen(urllib.request.Request(f"{house.url}/dialogflow", json.dumps(data).encode(), headers), timeout=10) as answer:
        return dict(json.load(answer))


def es(sample: dict[str, Any], text: str, source: str = "") -> dict[str, Any]:
    query = {**sample["queryResult"], "queryText": text, "languageCode": "fr"}
    return {**sample, "queryResult": query, "originalDetectIntentRequest": {"source": source, "payload": {}}}


@pytest.mark.slow
def test_answers_are_those_of_a_webhook(shared: Path) -> None:
    judge = Home("dialogflow").install(["google-cloud-dialogflow==2.54.0", "google-cloud-dialogflow-cx==2.9.0"])
    sample = json.loads((shared / "data" / "dialogflow" / "v2_request.json").read_text(encoding="utf-8"))
    session = {"session": "projects/p/locations/l/agents/a/sessions/s", "parameters": {}}
    with open_house() as house:
        asked_es = [es(sample, text, source) for text in WORDS for source in ("", "GOOGLE_TELEPHONY")]
        asked_cx = [
            {"detectIntentResponseId": "r", kind: text, "languageCode": "fr", "sessionInfo": session} for text in WORDS for kind in ("text", "transcript")
        ]
        asked_cx += [{"detectIntentResponseId": "r", "triggerEvent": "WELCOME", "languageCode": "en-gb", "sessionInfo": session}]
        given = {"es": [(a, post(house, a)) for a in asked_es], "cx": [(a, post(house, a)) for a in asked_cx]}
    read = judge.ask("judge_dialogflow.py", given)
    assert len(read["es"]) == len(asked_es)
    assert len(read["cx"]) == len(asked_cx)
    assert "Barbusse" in read["es"][0]["fulfillmentText"]
    assert all(r["fulfillmentResponse"]["messages"] for r in read["cx"])
