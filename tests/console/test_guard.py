"""Who may come in, and what nobody may do."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from skill.console import guard
from skill.console.accounts import Accounts, Refused, weakness
from skill.settings import Settings
from tests.console.conftest import PASSWORDS, QUICK, Clerk, Town

PAGES = ("/", "/annonces", "/annonces/nouvelle", "/lieux", "/lieux/nouveau", "/lieux/marche-de-la-gare", "/reponses", "/reponses/nouvelle", "/questions", "/podcasts", "/journal", "/sante", "/mon-compte")  # fmt: skip
MORE = ("/echanges", "/echanges/opendatasoft")
ADMINS = ("/comptes",)


def test_nothing_is_shown_to_a_stranger(town: Town) -> None:
    stranger = town.app.test_client()
    for path in (*PAGES, *MORE, *ADMINS, "/echanges/ville.zip", "/echanges/place.csv", "/podcasts/envois/x"):
        answer = stranger.get(f"/console{path}")
        assert answer.status_code == 302, path
        assert "/console/connexion" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("name", "seen", "refused"), [("jeanne", PAGES, (*MORE, *ADMINS)), ("paul", (*PAGES, *MORE), ADMINS), ("chef", (*PAGES, *MORE, *ADMINS), ())]
)
def test_each_role_sees_its_pages(town: Town, name: str, seen: tuple[str, ...], refused: tuple[str, ...]) -> None:
    clerk = Clerk(town).login(name)
    for path in seen:
        assert clerk.go(path).status == 200, path
    for path in refused:
        assert clerk.go(path).status == 403, path


def test_every_post_of_an_editor_to_what_is_not_theirs_is_refused(town: Town) -> None:
    clerk = Clerk(town).login("jeanne")
    token = re.search(r'name="csrf_token" value="([^"]+)"', clerk.go("/annonces/nouvelle").page)[1]
    for rule in town.app.url_map.iter_rules():
        if rule.rule.startswith("/console/") and "POST" in rule.methods and any(part in rule.rule for part in ("podcasts", "echanges", "comptes")):
            path = re.sub(r"<int:[^>]+>", "0", re.sub(r"<(?!int)[^>]+>", "x", rule.rule))
            answer = clerk.client.post(path, data={"csrf_token": token})
            assert answer.status_code == 403, rule.rule


def test_a_wrong_name_and_a_wrong_password_sound_the_same(town: Town) -> None:
    answers = [re.sub(r'value="[^"]*"', "", Clerk(town).login(name, "trois tasses de café").page) for name in ("jeanne", "personne")]
    assert answers[0] == answers[1]
    assert "ne vont pas ensemble" in answers[0]


def test_log_ins_are_held_back_more_and_more_and_a_known_clerk_elsewhere_is_not(town: Town, monkeypatch) -> None:
    now = [1_000_000]
    monkeypatch.setattr(guard.time, "time", lambda: now[0])
    clerk = Clerk(town)
    for _ in range(5):
        clerk.login("jeanne", "faux")
    assert clerk.status == 429
    assert "30 secondes" in clerk.text()
    assert clerk.login("jeanne").status == 429  # the right password is not looked at either
    other = Clerk(town)
    other.client.environ_base["REMOTE_ADDR"] = "127.0.0.9"
    assert "Que voulez-vous faire" in other.login("jeanne").text()
    now[0] += 31
    assert clerk.login("jeanne", "faux").status == 429
    assert "60 secondes" in clerk.text()
    now[0] += 61
    assert "Que voulez-vous faire" in clerk.login("jeanne").text()


def test_what_another_site_sends_is_refused(town: Town, clerk: Clerk) -> None:
    fields = {
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', clerk.go("/annonces/nouvelle").page)[1],
        "effect": "info",
        "first": "2026-11-28",
        "say_fr": "Oui.",
        "do": "save",
    }
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://mechant.example"}):
        assert clerk.client.post("/console/annonces/nouvelle", data=fields, headers=headers).status_code == 403
    assert clerk.client.post("/console/annonces/nouvelle", data={**fields, "csrf_token": "faux"}).status_code == 401
    assert not town.log()


def test_cookies_and_headers(town: Town, tmp_path: Path) -> None:
    answer = town.app.test_client().get("/console/connexion")
    cookie = answer.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/console"):
        assert part in cookie
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in town.app.test_client().get("/").headers
    (tmp_path / "other").mkdir()
    secure = Town(tmp_path / "other", public_url="https://mairie.example")
    answer = secure.app.test_client().get("/console/connexion")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_passwords_do_not_travel_in_the_clear(town: Town) -> None:
    client = town.app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    answer = client.get("/console/connexion")
    assert answer.status_code == 403
    assert "https" in answer.get_data(as_text=True)


def test_logging_out_ends_the_session_for_whoever_kept_the_cookie(town: Town) -> None:
    clerk = Clerk(town).login("paul")
    cookie = clerk.client.get_cookie("mairie_console", path="/console").value
    clerk.go("/").press("Se déconnecter")
    thief = town.app.test_client()
    thief.set_cookie("mairie_console", cookie, path="/console")
    assert thief.get("/console/").status_code == 302


def test_a_new_password_or_role_ends_old_sessions(town: Town) -> None:
    clerk = Clerk(town).login("paul")
    accounts = Accounts(town.storage, QUICK)
    accounts.set_role("paul", "editor")
    assert "Connexion" in clerk.go("/").text()
    clerk.login("paul")
    accounts.set_password("paul", "cinq poissons sans vélo")
    assert "Connexion" in clerk.go("/").text()


@pytest.mark.parametrize("after", [guard.IDLE_S + 1, guard.LONGEST_S + 1])
def test_a_session_ends_and_the_form_does_not(town: Town, monkeypatch, after: int) -> None:
    start = 1_000_000
    now = [start]
    monkeypatch.setattr(guard.time, "time", lambda: now[0])
    clerk = Clerk(town).login("jeanne").go("/annonces/nouvelle")
    while after > guard.IDLE_S + 1 and now[0] < start + after - guard.IDLE_S:
        now[0] += guard.IDLE_S - 10
        clerk.client.get("/console/annonces")
    now[0] = start + after if after > guard.IDLE_S + 1 else now[0] + after
    clerk.send({"effect": "info", "first": "2026-11-28", "last": "2026-11-28", "say_fr": "Le marché est place Voltaire.", "do": "save"})
    assert clerk.status == 401
    assert "est gardé" in clerk.text()
    assert not town.log()
    clerk.send({"name": "jeanne", "password": "faux"})
    clerk.send({"name": "jeanne", "password": PASSWORDS["jeanne"]})
    assert "Rien n'est perdu" in clerk.text()
    clerk.send()
    assert "Le marché est place Voltaire." in clerk.page
    assert not town.log()  # shown, not saved
    clerk.send({"do": "preview"})
    clerk.send({"do": "save"})
    assert [c.who for c in town.log()] == ["jeanne"]


def test_nobody_is_sent_elsewhere_after_a_log_in(town: Town) -> None:
    for target in ("https://mechant.example/", "//mechant.example/console", "/\\mechant.example", "/console\\..", "javascript:alert(1)", "/alexa"):
        clerk = Clerk(town)
        clerk.client.get("/console/connexion", query_string={"next": target})
        clerk.go("/connexion")
        answer = clerk.client.post(
            "/console/connexion",
            data={"name": "paul", "password": PASSWORDS["paul"], "next": target, "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', clerk.page)[1]},
        )
        assert answer.headers["Location"] == "/console/", target


def test_hashes_sessions_and_the_key_are_for_nobody_else(town: Town) -> None:
    clerk = Clerk(town).login("paul")
    staff = (town.data / "console" / "valfleuri" / "staff.json").read_text()
    assert not any(password in staff for password in PASSWORDS.values())
    assert staff.count("$argon2id$") == 3
    for name in ("staff.json", "secret"):
        assert (town.data / "console" / "valfleuri" / name).stat().st_mode & 0o077 == 0
    rows = sqlite3.connect(town.data / "people.sqlite3").execute("SELECT person, data FROM session").fetchall()
    assert len(rows) == 1
    token = clerk.client.get_cookie("mairie_console", path="/console").value
    assert token not in json.dumps(rows)


@pytest.mark.parametrize("password", ["court", "aaaaaaaaaaaaaaaa", "motdepasse123", "Mot-de-passe 2026", "azertyuiop123", "jeanne.martin2026", "x" * 300])
def test_weak_passwords_are_refused(password: str) -> None:
    assert weakness("jeanne.martin", password)


def test_the_last_administrator_stays(town: Town) -> None:
    accounts = Accounts(town.storage, QUICK)
    for act in (lambda: accounts.remove("chef"), lambda: accounts.set_role("chef", "editor")):
        with pytest.raises(Refused, match="dernier"):
            act()
    clerk = Clerk(town).login("chef").go("/comptes")
    clerk.send({"name": "paul", "role": "admin", "do": "role"}, form=0)
    accounts.remove("chef")
    assert set(accounts.all()) == {"jeanne", "paul"}


def test_ones_own_password(town: Town) -> None:
    clerk = Clerk(town).login("paul").go("/mon-compte")
    assert "n'est pas celui-là" in clerk.send({"old": "faux", "new": "cinq poissons sans vélo", "repeated": "cinq poissons sans vélo"}).text()
    assert "ne sont pas les mêmes" in clerk.send({"old": PASSWORDS["paul"], "new": "cinq poissons sans vélo", "repeated": "autre"}).text()
    assert "Connexion" in clerk.send({"old": PASSWORDS["paul"], "new": "cinq poissons sans vélo", "repeated": "cinq poissons sans vélo"}).text()
    assert "Que voulez-vous faire" in clerk.login("paul", "cinq poissons sans vélo").text()


def test_without_a_folder_the_console_says_why(tmp_path: Path) -> None:
    from skill.app import make_skill
    from skill.channels.web import create_app
    from tests.conftest import TOWNS

    settings = Settings(town=str(TOWNS["valfleuri"]), data="", verify=False)
    answer = create_app(settings, make_skill(settings)).test_client().get("/console/")
    assert answer.status_code == 503
    assert "MAIRIE_DATA" in answer.get_data(as_text=True)


def test_hashes_are_slow_and_old_ones_made_anew(town: Town) -> None:
    assert Accounts(town.storage).check("paul", PASSWORDS["paul"])
    assert "m=65536" in Accounts(town.storage).find("paul").hash


def test_every_form_needs_its_token(town: Town) -> None:
    clerk = Clerk(town).login("chef")
    for rule in town.app.url_map.iter_rules():
        if rule.rule.startswith("/console/") and "POST" in rule.methods and rule.endpoint != "console.nothing":
            path = re.sub(r"<int:[^>]+>", "0", re.sub(r"<(?!int)[^>]+>", "x", rule.rule))
            for token in ({}, {"csrf_token": "x"}):
                assert clerk.client.post(path, data=token).status_code in (400, 401), rule.rule
    assert not town.log()
