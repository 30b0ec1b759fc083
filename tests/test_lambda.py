"""Each function's entry point under Lambda's real runtime client: cold, warm, wrong, too slow, and in every script of the world."""

from __future__ import annotations

import base64
import importlib.metadata
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skill.stores.compiled import compile_town
from tests.channels.test_alexa import envelope, said, slot
from tests.conftest import HERE, TOWNS
from tests.lambda_runtime import LambdaMachine

pytest.importorskip("awslambdaric")
ROOT = HERE.parent
PLAIN = {"MAIRIE_DATA": "", "MAIRIE_SKILL_ID": "amzn1.ask.skill.ours"}
SLOWEST = 2.0
"""Seconds within which a voice must answer, whatever does not."""
MACHINE_S = 1.0
"""What a busy machine of tests may add to starting a process."""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("issy")
    compile_town(TOWNS["issy"], folder)
    return str(folder)


@pytest.fixture(scope="module")
def skill(compiled: str) -> Iterator[LambdaMachine]:
    with LambdaMachine("lambda/alexa_handler.handler", {**PLAIN, "MAIRIE_COMPILED": compiled}, ROOT) as machine:
        yield machine


def test_cold_then_warm(skill: LambdaMachine) -> None:
    asked = envelope("ClosingTimeIntent", slot("place", "parc Barbusse", "parc-henri-barbusse"))
    cold, warm = skill.invoke(asked), skill.invoke(asked)
    assert (cold.kind, warm.kind, skill.starts) == ("response", "response", 1)
    assert "Barbusse" in said(cold.json)
    assert warm.json == cold.json
    assert warm.seconds < cold.seconds


def test_every_script_comes_through(skill: LambdaMachine) -> None:
    """The envelope goes in as UTF-8 bytes and the answer comes out as such, with nothing doubled or lost."""
    for words in ("où est l’église Saint-Étienne", "Île Saint-Germain à Noël", "парк Барбюс", "公园几点关门", "🌳🌳", 'quote " \\ <&>'):
        answer = skill.invoke(envelope("TownQuestionIntent", slot("question", words)))
        assert answer.kind == "response"
        assert answer.json["response"]["outputSpeech"]["ssml"].startswith("<speak>")
    assert "île Saint-Germain" in said(skill.invoke(envelope("PlaceWhereIntent", slot("place", "île", "parc-ile-saint-germain"))).json)


def test_another_skill_is_an_error_and_the_next_is_answered(skill: LambdaMachine) -> None:
    other = envelope("AMAZON.HelpIntent")
    other["context"]["System"]["application"]["applicationId"] = "amzn1.ask.skill.theirs"
    refused = skill.invoke(other)
    assert refused.kind == "error"
    assert refused.json["errorType"] == "NotOurSkill"
    assert "theirs" not in refused.body.decode()
    assert skill.invoke(envelope("AMAZON.HelpIntent")).kind == "response"


@pytest.mark.parametrize("event", [b"{}", b"[]", b"null", b'{"request": {"type": "Never.Heard.Of"}}'])
def test_what_is_no_request_ends_nothing(compiled: str, event: bytes) -> None:
    with LambdaMachine("lambda/alexa_handler.handler", {**PLAIN, "MAIRIE_COMPILED": compiled, "MAIRIE_SKILL_ID": ""}, ROOT) as machine:
        assert machine.invoke(event).kind == "response"
        assert machine.invoke(envelope("AMAZON.HelpIntent")).kind == "response"


@pytest.fixture
def hole() -> Iterator[str]:
    """An address of this machine that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_stores_that_never_answer_keep_nobody_waiting(compiled: str, hole: str) -> None:
    env = {
        **PLAIN, "MAIRIE_COMPILED": compiled, "MAIRIE_TABLE": "people", "MAIRIE_BUCKET": "bucket", "AWS_ENDPOINT_URL": hole, "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1", "MAIRIE_PUBLIC_URL": "https://mairie.example",
    }  # fmt: skip
    with LambdaMachine("lambda/alexa_handler.handler", env, ROOT) as machine:
        for allowed in (SLOWEST + MACHINE_S, SLOWEST, SLOWEST):
            answer = machine.invoke(envelope("ClosingTimeIntent", slot("place", "parc Barbusse", "parc-henri-barbusse")))
            assert "Barbusse" in said(answer.json)
            assert answer.seconds < allowed


def test_a_process_that_was_killed_is_replaced(compiled: str, tmp_path: Path) -> None:
    """As Lambda does after a time-out: the next request finds a fresh process, and answers."""
    slow = tmp_path / "slow.py"
    entry = (ROOT / "lambda/alexa_handler.py").as_posix()
    slow.write_text(
        f"import runpy, time\nreal = runpy.run_path({entry!r})['handler']\n"
        "def handler(event, context):\n    time.sleep(30 if event.get('sleep') else 0)\n    return real(event, context)\n"
    )
    with LambdaMachine("slow.handler", {**PLAIN, "MAIRIE_COMPILED": compiled, "PYTHONPATH": f"{tmp_path}:{ROOT}"}, ROOT, timeout=1.5) as machine:
        machine.timeout = 20
        assert machine.invoke(envelope("AMAZON.HelpIntent")).kind == "response"
        machine.timeout = 1.5
        assert machine.invoke({**envelope("AMAZON.HelpIntent"), "sleep": True}).kind == "timeout"
        machine.timeout = 20
        assert machine.invoke(envelope("AMAZON.HelpIntent")).kind == "response"
        assert machine.starts == 2


def url_event(method: str, path: str, body: str = "", **headers: str) -> dict[str, Any]:
    """A request as a Function URL hands it over, through the CDN."""
    route, _, query = path.partition("?")
    given = {"host": "abc.lambda-url.eu-west-1.on.aws", "x-mairie-origin": "the-key", "x-mairie-host": "voix.example", "x-mairie-viewer": "192.0.2.7"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    context = {
        "http": {"method": method, "path": route, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.1", "userAgent": "x"},
        "requestId": "r",
        "stage": "$default",
    }
    return {
        "version": "2.0", "routeKey": "$default", "rawPath": route, "rawQueryString": query, "headers": {k: v for k, v in given.items() if v},
        "requestContext": context, "isBase64Encoded": False, **({"body": body} if body else {}),
    }  # fmt: skip


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LambdaMachine]:
    env = {"MAIRIE_DATA": str(tmp_path_factory.mktemp("data")), "MAIRIE_ORIGIN_KEY": "the-key", "MAIRIE_TOWN": "issy-les-moulineaux"}
    with LambdaMachine("lambda/web_handler.handler", env, ROOT, timeout=60) as machine:
        yield machine


def test_the_web_behind_its_cdn(web: LambdaMachine) -> None:
    page = web.invoke(url_event("GET", "/?lang=fr")).json
    assert page["statusCode"] == 200
    assert "Issy" in page["body"]
    asked = web.invoke(url_event("POST", "/api/ask", json.dumps({"text": "à quelle heure ferme le parc Barbusse"}), content_type="application/json")).json
    assert "Barbusse" in json.loads(asked["body"])["speech"]
    assert web.invoke(url_event("GET", "/healthz", x_mairie_origin="")).json["statusCode"] == 200
    feed = web.invoke(url_event("GET", "/podcasts/feed.xml")).json
    assert "https://voix.example/podcasts/" in base64.b64decode(feed["body"]).decode()


@pytest.mark.parametrize("key", ["", "another", "the-ke", "the-key ", "é"])
def test_who_does_not_come_through_the_cdn_is_refused(web: LambdaMachine, key: str) -> None:
    for path in ("/", "/api/ask", "/console/", "/calendars/"):
        answer = web.invoke(url_event("GET", path, x_mairie_origin=key)).json
        assert answer["statusCode"] == 403
        assert answer["body"] == "Forbidden\n"


def test_the_console_on_lambda_is_for_https_and_keeps_its_cookie_to_itself(web: LambdaMachine) -> None:
    page = web.invoke(url_event("GET", "/console/connexion")).json
    assert page["statusCode"] == 200, page["body"][:300]
    cookie = page["cookies"][0]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    token = page["body"].split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    tried = web.invoke(
        url_event(
            "POST",
            "/console/connexion",
            f"csrf_token={token}&name=personne&password=x",
            content_type="application/x-www-form-urlencoded",
            cookie=cookie.split(";")[0],
            origin="https://voix.example",
        )
    ).json
    assert tried["statusCode"] in (200, 401, 403, 422)
    assert "connexion" in tried["body"] or "mot de passe" in tried["body"].lower()


def test_without_a_key_the_web_does_not_start() -> None:
    with LambdaMachine("lambda/web_handler.handler", {"MAIRIE_DATA": ""}, ROOT, timeout=20) as machine:
        answer = machine.invoke(url_event("GET", "/"))
        assert answer.kind == "error"
    assert b"MAIRIE_ORIGIN_KEY" in machine.log + answer.body


WHAT_AWS_BRINGS = {"boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six"}


@pytest.mark.parametrize(
    ("handler", "lock"), [("alexa_handler", "requirements.lock"), ("refresh_handler", "requirements-refresh.lock"), ("web_handler", "requirements-web.lock")]
)
def test_each_handler_starts_with_what_its_package_carries(handler: str, lock: str, compiled: str, tmp_path: Path) -> None:
    """The packages of its lock and AWS's own, nothing else of this machine."""
    names = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "lambda" / lock).read_text(encoding="utf-8"), re.M)) | WHAT_AWS_BRINGS
    for name in names:
        found = importlib.metadata.distribution(name)
        for top in {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__", "bin")}:
            if not (tmp_path / top).exists():
                (tmp_path / top).symlink_to(found.locate_file(top))
    code = f"import sys; sys.path[:0] = [{str(ROOT / 'lambda')!r}, {str(tmp_path)!r}]; import {handler}; print({handler}.handler)"
    env = {"MAIRIE_DATA": "", "MAIRIE_ORIGIN_KEY": "k", "PATH": "/bin", **({"MAIRIE_COMPILED": compiled} if handler == "alexa_handler" else {})}
    done = subprocess.run([sys.executable, "-S", "-E", "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_names_with_underscores_are_not_the_cdns(web: LambdaMachine) -> None:
    event = url_event("GET", "/healthz")
    event["headers"] |= {"x_mairie_viewer": "203.0.113.99", "x_mairie_host": "evil.example", "x_mairie_origin": "the-key"}
    assert web.invoke(event).json["statusCode"] == 200
    event = url_event("GET", "/", x_mairie_origin="")
    event["headers"]["x_mairie_origin"] = "the-key"
    assert web.invoke(event).json["statusCode"] == 403
