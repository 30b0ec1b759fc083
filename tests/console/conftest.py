"""A console over a copy of Valfleuri, in a folder of its own, with three clerks; and a browser without script that fills in its forms."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from podcasts.folder import Folder
from skill.app import Skill, make_skill
from skill.channels.web import create_app
from skill.console.accounts import ADMIN, EDITOR, PUBLISHER, Accounts
from skill.settings import Settings
from skill.stores.compiled import parts_of
from tests.conftest import TOWNS

MOST_REMEMBERED = 3
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORDS = {"jeanne": "trois tasses de thé vert", "paul": "le vélo du dimanche matin", "chef": "quatre chaises sous la pluie"}
ROLES = {"jeanne": EDITOR, "paul": PUBLISHER, "chef": ADMIN}


class Town:
    """A town that runs: its folder, its data, its skill and its web application."""

    def __init__(self, root: Path, **settings: Any) -> None:
        self.folder = Path(shutil.copytree(TOWNS["valfleuri"], root / "valfleuri"))
        self.data = root / "data"
        self.settings = Settings(town=str(self.folder), data=str(self.data), verify=False, **settings)
        self.storage = Folder(self.data / "console" / "valfleuri", private=True)
        accounts = Accounts(self.storage, QUICK)
        for name, password in PASSWORDS.items():
            accounts.add(name, ROLES[name], password)
        self.skill: Skill = make_skill(self.settings)
        self.app = create_app(self.settings, self.skill)

    def hear(self, text: str, locale: str = "fr-FR") -> str:
        """What the town answers."""
        answer = self.skill.hear(text, locale, self.skill.now())
        return answer.speech.text if answer.speech else ""

    def log(self) -> list[Any]:
        """The list of changes."""
        return list(self.skill.live.changes.load()[0].log)  # type: ignore[union-attr]


class Clerk:
    """A browser without script: it follows redirects, keeps cookies, and sends forms with what is in them."""

    def __init__(self, town: Town) -> None:
        self.client: FlaskClient = town.app.test_client()
        self.page = ""
        self.status = 0
        self.at = ""

    def go(self, path: str) -> Clerk:
        return self._took(self.client.get(f"/console{path}", follow_redirects=True))

    def login(self, name: str, password: str | None = None) -> Clerk:
        self.go("/connexion")
        return self.send({"name": name, "password": PASSWORDS.get(name, "") if password is None else password})

    def send(self, fields: dict[str, Any] | None = None, form: int = -1, to: str = "", drop: tuple[str, ...] = ()) -> Clerk:
        """Sends the page's main form (by default the last that is no button alone), its fields as they are unless given here."""
        found = re.findall(r"<form\b.*?</form>", self.page, re.S)
        choices = [f for f in found if 'class="me"' not in f and 'role="search"' not in f]
        chosen = choices[form] if form >= 0 else max(choices, key=len)
        action = to or (m[1] if (m := re.search(r'action="([^"]*)"', chosen)) else self.at)
        given = {**_fields(chosen), **(fields or {})}
        for name in drop:
            given.pop(name, None)
        return self._took(self.client.post(html.unescape(action), data=given, follow_redirects=True))

    def announce(self, fields: dict[str, Any]) -> Clerk:
        """A new announcement, seen and then published, if it can be seen."""
        self.go("/annonces/nouvelle").send({**fields, "do": "preview"})
        return self.send({"do": "save"}) if self.status == 200 else self

    def press(self, label: str) -> Clerk:
        """Presses a button in a form of its own by a part of its words."""
        form = next(f for f in re.findall(r"<form\b.*?</form>", self.page, re.S) if label in re.sub(r"<[^>]+>", "", f))
        action = m[1] if (m := re.search(r'action="([^"]*)"', form)) else self.at
        return self._took(self.client.post(html.unescape(action), data=_fields(form), follow_redirects=True))

    def text(self) -> str:
        """What can be read."""
        bare = re.sub(r"<(script|style|select)\b.*?</\1>", "", self.page, flags=re.S)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bare)))

    def _took(self, answer: Any) -> Clerk:
        self.page, self.status = answer.get_data(as_text=True), answer.status_code
        self.at = answer.request.full_path.rstrip("?")
        return self


def _fields(form: str) -> dict[str, Any]:
    """What a browser would send of a form."""
    out: dict[str, Any] = {}
    for tag in re.findall(r"<input\b[^>]*>", form):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in at or at.get("type") == "file":
            continue
        if at.get("type") in ("checkbox", "radio"):
            if re.search(r"\bchecked\b", tag):
                value = html.unescape(at.get("value", "on"))
                out[at["name"]] = (
                    [*out[at["name"]], value]
                    if isinstance(out.get(at["name"]), list)
                    else [value]
                    if at.get("type") == "checkbox" and at.get("value")
                    else value
                )
            continue
        out[at["name"]] = html.unescape(at.get("value", ""))
    for name, body in re.findall(r'<textarea\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        out[name] = html.unescape(body.removeprefix("\n"))
    for name, body in re.findall(r'<select\b[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        out[name] = html.unescape(chosen[1]) if chosen else ""
    return out


_MADE: list[tuple[Any, dict[str, Any]]] = []


def _remembered(city: Any) -> dict[str, Any]:
    """Ears and voices as they are made, once for each city that these tests begin with: the same copy of Valfleuri two hundred times."""
    bare = city.but(notices={})
    for known, parts in _MADE:
        if known == bare:
            return dict(parts)
    made = parts_of(city)
    if len(_MADE) < MOST_REMEMBERED:
        _MADE.append((bare, made))
    return made


@pytest.fixture(autouse=True)
def quick_ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skill.stores.live.parts_of", _remembered)


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real hashes, made to be quick: what they cost is told by one test of its own."""
    monkeypatch.setattr("skill.console.desk.Accounts", lambda storage: Accounts(storage, QUICK))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.fixture
def clerk(town: Town) -> Clerk:
    return Clerk(town).login("paul")
