"""A speaker with a screen shows what it says: one large plain text, in the colours that its owner chose.

The document is the smallest that Amazon's own checker takes (apl-suggester, versions 1.0 to 2024.2), at a version that every screen has.
"""

from __future__ import annotations

from typing import Any, Final

from skill.app import Answer
from skill.speech.ssml import escape, shorten

LONGEST: Final = 600
_DOCUMENT: Final[dict[str, Any]] = {
    "type": "APL", "version": "1.4",
    "resources": [
        {"colors": {"back": "#FFFFFF", "ink": "#151920"}},
        {"when": "${viewport.theme == 'dark'}", "colors": {"back": "#000000", "ink": "#FAFAFA"}},
    ],
    "mainTemplate": {
        "parameters": ["data"],
        "items": [{
            "type": "Frame", "width": "100vw", "height": "100vh", "backgroundColor": "@back",
            "item": {
                "type": "ScrollView", "id": "scroll", "width": "100%", "height": "100%",
                "item": {
                    "type": "Text", "id": "text", "width": "100%", "paddingLeft": "5vw", "paddingRight": "5vw", "paddingTop": "5vh", "paddingBottom": "5vh",
                    "fontSize": "8vh", "color": "@ink", "text": "${data.text}",
                },
            },
        }],
    },
}  # fmt: skip


def screen_order(answer: Answer) -> list[dict[str, Any]]:
    """The directive that shows what is said, with what the card repeats: numbers and addresses to be read again."""
    if answer.speech is None or not answer.speech.text:
        return []
    lines = [answer.speech.text]
    if answer.reply.card and answer.reply.card.text not in answer.speech.text:
        lines.append(answer.reply.card.text)
    text = "<br/>".join(escape(shorten(line, LONGEST, LONGEST * 4)).replace("\n", "<br/>") for line in lines)
    return [{"type": "Alexa.Presentation.APL.RenderDocument", "token": "answer", "document": _DOCUMENT, "datasources": {"data": {"text": text}}}]
