"""POST /dialogflow: the webhook of Dialogflow ES (v2) and CX (v3), for kiosks, telephone gateways and web chats built on it.

We understand the words ourselves, whatever intent Dialogflow matched: an agent needs nothing but its welcome and fallback intents, both with the
webhook. The conversation travels with the agent's own: a context in ES, a parameter of the session in CX.

https://cloud.google.com/dialogflow/es/docs/reference/rpc/google.cloud.dialogflow.v2#webhookrequest,
https://cloud.google.com/dialogflow/cx/docs/reference/rest/v3/WebhookRequest
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from flask import Blueprint, g, jsonify, request

from skill.app import Answer, Settings, Skill
from skill.channels import bearer
from skill.channels.abilities import DIALOGFLOW
from skill.channels.api import read_json
from skill.channels.conversations import MOST_TEXT, Conversations
from skill.conversation.plain import table
from skill.conversation.thread import Thread
from skill.conversation.turn import Focus
from skill.speech.ssml import shorten, ssml
from skill.speech.written import written

CONTEXT: Final = "mairie"
LIVES: Final = 5
"""Turns for which ES keeps our context."""
_EVENT: Final = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_?WELCOME|WELCOME")
"""ES hands over the name of an event where nobody spoke: TELEPHONY_WELCOME."""
_SESSION: Final = re.compile(r"projects/[^\s\"<>]{1,400}")


def dialogflow(skill: Skill, settings: Settings) -> Blueprint:
    """The route."""
    blue = Blueprint("dialogflow", __name__)
    talks = Conversations(skill, DIALOGFLOW, lambda: b"")

    @blue.post("/dialogflow")
    def webhook() -> Any:
        bearer.check(settings.dialogflow_key)
        data = read_json(request.get_data())
        if not isinstance(data, dict):
            return jsonify(error="a WebhookRequest of Dialogflow is wanted, as JSON"), 400
        return jsonify(_es(skill, talks, data) if "queryResult" in data else _cx(skill, talks, data))

    return blue


def _es(skill: Skill, talks: Conversations, data: dict[str, Any]) -> dict[str, Any]:
    """Version 2: the words are in queryResult."""
    query = table(data, "queryResult")
    session = data.get("session") if isinstance(data.get("session"), str) and _SESSION.fullmatch(data["session"]) else ""
    contexts = query.get("outputContexts")
    kept = next((table(c, "parameters").get("focus") for c in contexts if isinstance(c, dict) and str(c.get("name")).endswith(f"/contexts/{CONTEXT}")), "") \
        if isinstance(contexts, list) else ""  # fmt: skip
    answer, text = _answer(skill, talks, query.get("queryText"), query.get("languageCode"), kept)
    out: dict[str, Any] = {"fulfillmentText": text, "fulfillmentMessages": [{"text": {"text": [text]}}], "source": "mairie-vocale"}
    if session:
        focus = {"focus": json.dumps(answer.reply.focus.plain(), ensure_ascii=False, separators=(",", ":"))}
        out["outputContexts"] = [{"name": f"{session}/contexts/{CONTEXT}", "lifespanCount": LIVES, "parameters": focus}]
    return out


def _cx(skill: Skill, talks: Conversations, data: dict[str, Any]) -> dict[str, Any]:
    """Version 3: the words are in text or transcript; keys pressed and events have none."""
    info = table(data, "sessionInfo")
    said = data.get("text") or data.get("transcript")
    answer, text = _answer(skill, talks, said, data.get("languageCode"), table(info, "parameters").get(CONTEXT))
    message: dict[str, Any] = {"text": {"text": [text]}}
    out: dict[str, Any] = {"fulfillmentResponse": {"messages": [message], "mergeBehavior": "REPLACE"}}
    if answer.speech and data.get("transcript"):
        out["fulfillmentResponse"]["messages"] = [{"outputAudioText": {"ssml": f"<speak>{ssml(answer.speech)}</speak>"}}, message]
    focus = json.dumps(answer.reply.focus.plain(), ensure_ascii=False, separators=(",", ":"))
    out["sessionInfo"] = {"parameters": {CONTEXT: focus}}
    return out


def _answer(skill: Skill, talks: Conversations, words: Any, language: Any, kept: Any) -> tuple[Answer, str]:
    """The answer and its text; being opened where there are no words."""
    locale = language if isinstance(language, str) and re.fullmatch(r"[A-Za-z]{2}(?:-[A-Za-z]{2})?", language) else "fr-FR"
    g.locale = locale
    focus = Focus.from_plain(read_json(kept.encode("utf-8", "replace"))) if isinstance(kept, str) and kept else Focus()
    if not isinstance(words, str) or not words.strip() or _EVENT.fullmatch(words.strip()):
        answer = skill.open(locale, skill.now(), device=DIALOGFLOW.device)
    else:
        answer = talks.hear(words[:MOST_TEXT], locale, Thread(focus)).answer
    text = written(answer.speech) if answer.speech else ""
    return answer, shorten(text, DIALOGFLOW.max_length, 3 * DIALOGFLOW.max_length)
