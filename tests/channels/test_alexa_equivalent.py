"""Requests of every type that Amazon's own SDK knows, made from its models: what we read and send is what the SDK's serializer reads and sends.

The channel reads JSON itself, since the SDK's serializer costs four fifths of a request (guide/performance.md). These tests hold the two together.
"""

from __future__ import annotations

import datetime
import enum
import importlib
import json
import re
import sys
from typing import Any

import pytest
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model import RequestEnvelope, ResponseEnvelope
from ask_sdk_model.request import Request
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.app import Settings, Skill
from skill.channels.alexa import AlexaChannel
from skill.channels.alexa_door import AlexaDoor
from skill.channels.alexa_values import table
from skill.channels.alexa_web import add_alexa
from skill.conversation.plain import opaque
from tests.channels.test_alexa import envelope, slot
from tests.conftest import at

STOCK = DefaultSerializer()
KINDS = sorted(Request.discriminator_value_class_map)
NOW = at("2026-11-22 10:00")
WORDS = st.sampled_from(
    ["", "parc barbusse", "déchets verts", "a", "2026-12-24", "PT5M", "parc-henri-barbusse", "fr-FR", "en-GB", "😀", 'x" <y>&', "https://a.example/x"]
)
_LIST = re.compile(r"list\[(.+)\]")
_DICT = re.compile(r"dict\(str, (.+)\)")
DEEPEST = 5


def class_of(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(importlib.import_module(module), last)


def values(kind: str, deep: int = 0) -> st.SearchStrategy[Any]:
    """JSON that the SDK's serializer takes for a type of its models."""
    if (of := _LIST.fullmatch(kind)) is not None:
        return st.lists(values(of.group(1), deep + 1), max_size=2) if deep < DEEPEST else st.just([])
    if (of := _DICT.fullmatch(kind)) is not None:
        return st.dictionaries(st.sampled_from(["place", "date", "collection", "question", "x"]), values(of.group(1), deep + 1), max_size=2)
    simple = {
        "str": WORDS, "int": st.integers(0, 10**6), "float": st.floats(0, 1000).map(lambda x: round(x, 2)), "bool": st.booleans(), "object": st.just({}),
        "datetime": st.datetimes(datetime.datetime(2000, 1, 1), datetime.datetime(2037, 1, 1)).map(lambda d: f"{d.replace(microsecond=0).isoformat()}Z"),
    }  # fmt: skip
    return simple[kind] if kind in simple else models(class_of(kind), deep)


def models(model: Any, deep: int) -> st.SearchStrategy[Any]:
    """JSON of one of the SDK's models: any of its fields may be missing."""
    if issubclass(model, enum.Enum):
        return st.sampled_from([member.value for member in model])
    subtypes = model.__dict__.get("discriminator_value_class_map")
    if subtypes:
        return st.sampled_from(sorted(subtypes)).flatmap(lambda key: fields(class_of(subtypes[key]), deep, {model.json_discriminator_key: key}))
    return fields(model, deep, {})


def fields(model: Any, deep: int, fixed: dict[str, Any]) -> st.SearchStrategy[Any]:
    named = {model.attribute_map[name]: kind for name, kind in model.deserialized_types.items() if model.attribute_map[name] not in fixed}
    if deep >= DEEPEST:
        return st.just(dict(fixed))
    return st.fixed_dictionaries({}, optional={name: values(kind, deep + 1) for name, kind in named.items()}).map(lambda made: {**made, **fixed})


def requests(kind: str) -> st.SearchStrategy[Any]:
    """Envelopes of one type of request."""
    request = fields(class_of(Request.discriminator_value_class_map[kind]), 1, {"type": kind})
    parts = {name: values(RequestEnvelope.deserialized_types[name], 1) for name in ("session", "context")}
    return st.fixed_dictionaries({"request": request}, optional=parts).map(lambda e: {"version": "1.0", **e})


def bare(value: Any) -> Any:
    """Without what is null: the SDK leaves it out or puts it in, as it likes."""
    if isinstance(value, dict):
        return {k: bare(v) for k, v in value.items() if v is not None}
    return [bare(v) for v in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def channel(issy: Skill) -> AlexaChannel:
    return AlexaChannel(issy, clock=lambda: NOW)


def as_stranger(channel: AlexaChannel, event: Any) -> Any:
    """The answer to somebody whom we do not know yet: whoever was heard before is forgotten."""
    forget(channel.skill, event)
    return channel.invoke(event)


def forget(skill: Skill, event: Any) -> None:
    system, session = table(table(event, "context"), "System"), table(event, "session")
    for who in (table(system, "user").get("userId"), table(session, "user").get("userId"), table(system, "person").get("personId")):
        skill.memory.forget(opaque(str(who or "")))


MANY = settings(max_examples=60 if "--slow" in sys.argv else 4, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data())
def test_a_request_read_by_the_sdk_and_written_again_is_answered_alike(channel: AlexaChannel, kind: str, data: st.DataObject) -> None:
    """What the SDK's models keep of a request is all that our answer depends on, and is read by us as the SDK reads it."""
    event = data.draw(requests(kind))
    read = STOCK.deserialize(json.dumps(event), RequestEnvelope)
    again = json.loads(json.dumps(STOCK.serialize(read)))
    assert as_stranger(channel, event) == as_stranger(channel, bare(again))


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data())
def test_a_response_is_what_the_sdk_would_send(channel: AlexaChannel, kind: str, data: st.DataObject) -> None:
    answer = channel.invoke(data.draw(requests(kind)))
    read = STOCK.deserialize(json.dumps(answer), ResponseEnvelope)
    assert bare(json.loads(json.dumps(STOCK.serialize(read)))) == bare(answer)


@pytest.mark.parametrize("kind", KINDS)
@settings(MANY, max_examples=20 if "--slow" in sys.argv else 2)
@given(data=st.data())
def test_both_doors_answer_alike(issy: Skill, kind: str, data: st.DataObject) -> None:
    """Through Flask and flask-ask-sdk, and before them."""
    event = data.draw(requests(kind))
    assert_alike(issy, json.dumps(event).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b'{"request": 1}', b'{"request": {}}', b'{"request": {"type": NaN}}', b'{"request":{"type":"\\ud800"}}', b"[" * 5000],
)
def test_both_doors_refuse_alike(issy: Skill, body: bytes) -> None:
    assert_alike(issy, body)


def test_both_doors_refuse_another_skill_and_the_unsigned(issy: Skill) -> None:
    event = json.dumps(envelope("AMAZON.HelpIntent")).encode()
    assert_alike(issy, event, Settings(verify=False, skill_id="amzn1.ask.skill.theirs"), 400)
    assert_alike(issy, event, Settings(verify=True), 400)
    assert_alike(issy, json.dumps(envelope("ClosingTimeIntent", slot("place", "x", "parc-henri-barbusse"))).encode(), expected=200)


def assert_alike(skill: Skill, body: bytes, given: Settings | None = None, expected: int = 0) -> None:
    given = given or Settings(verify=False)
    told = []
    for door in (False, True):
        app = Flask("doors")
        if not door:
            add_alexa(app, given, skill)
        else:
            app.wsgi_app = AlexaDoor(app.wsgi_app, given, skill)  # type: ignore[method-assign]
        forget(skill, json.loads(body) if body.startswith(b'{"v') else {})
        answer = app.test_client().post("/alexa", data=body, content_type="application/json")
        told.append((answer.status_code, answer.get_json()))
    assert told[0] == told[1]
    assert not expected or told[0][0] == expected
