"""Twilio's own RequestValidator signs what Twilio would send; and its own TwiML verbs say which elements and attributes there are."""

import inspect
import json
import re
import sys
from xml.etree import ElementTree as ET

from twilio.request_validator import RequestValidator
from twilio.twiml import messaging_response, voice_response


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def verbs(module):
    """Element to the attributes that the method which writes it takes."""
    response = next(cls for name, cls in vars(module).items() if name in ("VoiceResponse", "MessagingResponse"))
    named = {name: getattr(response, snake(name), None) for name, cls in vars(module).items() if inspect.isclass(cls)}
    return {name: set(inspect.signature(method).parameters) for name, method in named.items() if method}


def problems(text, module):
    known, found = verbs(module), []
    for node in ET.fromstring(text).iter():
        if node.tag in ("Response", "break", "prosody"):
            continue
        if node.tag not in known:
            found.append(f"no verb {node.tag}")
            continue
        found += [f"{node.tag} has no {key}" for key in node.attrib if snake(key) not in known[node.tag]]
    return found


given = json.load(sys.stdin)
signer = RequestValidator(given["token"])
print(
    json.dumps(
        {
            "signatures": [signer.compute_signature(url, fields) for url, fields in given["requests"]],
            "valid": [signer.validate(url, fields, sign) for url, fields, sign in given["signed"]],
            "voice": [p for text in given["voice"] for p in problems(text, voice_response)],
            "messages": [p for text in given["messages"] for p in problems(text, messaging_response)],
        }
    )
)
