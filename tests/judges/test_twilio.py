"""Twilio's own package signs as Twilio does and knows every verb: what it signs is answered, what we write is TwiML."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request

import pytest

from skill.channels import twilio
from tests.conformance.house import SETTINGS, House, open_house
from tests.judges.homes import Home

CALL = {"CallSid": "CA1", "AccountSid": "AC1", "From": "+33612345678", "To": "+33100000000", "CallStatus": "in-progress"}
SAID = (
    {},
    {"SpeechResult": "à quelle heure ouvre le marché", "Confidence": "0.81"},
    {"Digits": "1"},
    {"SpeechResult": "mets le dernier podcast"},
    {"Digits": "0"},
)
SENT = (
    {"From": "+33612345678", "To": "+331", "Body": "horaires du parc barbusse ?", "MessageSid": "SM1"},
    {"From": "+33612345678", "Body": "é à ê € 😀", "MessageSid": "SM2"},
)


def post(house: House, path: str, fields: dict[str, str], sign: str) -> tuple[int, str]:
    data = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(house.url + path, data, {twilio.HEADER: sign, "Content-Type": "application/x-www-form-urlencoded"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.slow
def test_what_twilio_signs_is_answered_in_its_own_verbs() -> None:
    judge = Home("twilio").install(["twilio==9.13.0"])
    with open_house() as house:
        calls = [(f"{house.url}/phone/voice{'?turn=1&lang=fr' if n else ''}", {**CALL, **said}) for n, said in enumerate(SAID)]
        notes = [(f"{house.url}/sms", fields) for fields in SENT]
        signed = [(url, fields, twilio.signature(SETTINGS.twilio_token, url, fields.items())) for url, fields in (*calls, *notes)]
        first = judge.ask("judge_twilio.py", {"token": SETTINGS.twilio_token, "requests": [*calls, *notes], "signed": signed, "voice": [], "messages": []})
        assert first["valid"] == [True] * len(signed)
        assert first["signatures"] == [sign for _, _, sign in signed]
        told = [post(house, url.removeprefix(house.url), fields, sign) for (url, fields), sign in zip((*calls, *notes), first["signatures"], strict=True)]
        assert [status for status, _ in told] == [200] * len(told)
        texts = [text for _, text in told]
        given = {"token": SETTINGS.twilio_token, "requests": [], "signed": [], "voice": texts[: len(calls)], "messages": texts[len(calls) :]}
        again = judge.ask("judge_twilio.py", given)
        assert (again["voice"], again["messages"]) == ([], [])
