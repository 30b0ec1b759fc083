"""AWS Lambda entry point of the web: the speaker's page, the JSON routes, podcasts, calendars and the console, behind the CDN of template.yaml."""

import gc
import hmac
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from apig_wsgi import make_lambda_handler

from skill.app import Settings, make_skill
from skill.channels.emf import measure
from skill.channels.web import create_app

_settings = Settings.from_environment()
if not _settings.origin_key:
    raise RuntimeError("MAIRIE_ORIGIN_KEY is empty: the function's own address would be open to everybody")
_skill = make_skill(_settings)
_app = create_app(_settings.but(public_url=_settings.public_url or "https://not-known-yet.invalid"), _skill, alexa=False, figures=False)
_serve = make_lambda_handler(_app, binary_support=True)
_skill.measures.watch(lambda _: measure("Faults", 1))
gc.freeze()


def handler(event, context):
    """One request of the Function URL in, one response out. There is nothing in the background here: what is new is looked for before answering."""
    path = str(event.get("rawPath", ""))
    # Names with an underscore would pass for those of the CDN once WSGI has them.
    headers = event["headers"] = {name.lower(): value for name, value in (event.get("headers") or {}).items() if "_" not in name}
    ours = hmac.compare_digest(headers.get("x-mairie-origin", "").encode(), _settings.origin_key.encode())
    if ours:
        if not _settings.public_url and headers.get("x-mairie-host"):
            _skill.reached_at(f"https://{headers['x-mairie-host']}")
        try:
            _skill.refresh() if path.startswith("/console") else _skill.refresh_if_old()
            _skill.programmes.reload_if_old()
        except Exception as error:
            logging.getLogger("mairie.web").error("what is new was not looked for: %s", type(error).__name__)
    return _serve(event, context)
