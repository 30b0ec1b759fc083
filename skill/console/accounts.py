"""Who may use the console: names, roles and hashed passwords, in one document of the staff's storage.

Passwords are hashed by argon2id. Whoever asks for a name that is not there waits as long as for one that is, and hears the same.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from podcasts.storage import NEW, Changed, Storage, attempts
from skill.record import Record

KEY: Final = "staff.json"
EDITOR, PUBLISHER, ADMIN = "editor", "publisher", "admin"
ROLES: Final = (EDITOR, PUBLISHER, ADMIN)
"""Each may do what the one before may."""
FRENCH: Final = {EDITOR: "rédaction", PUBLISHER: "publication", ADMIN: "administration"}
SHORTEST: Final = 12
LONGEST: Final = 200
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_EASY: Final = ("motdepasse", "password", "123456789", "azertyuiop", "qwertyuiop", "issylesmoulineaux", "mairie")


class Refused(ValueError):
    """What was asked cannot be done; the text says why, in French."""


class Account(Record):
    """One member of staff."""

    name: str
    role: str
    hash: str
    generation: int = 0
    """Rises with each change of password or role: sessions of an older one are over."""

    def may(self, role: str) -> bool:
        """Whether this account may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Accounts:
    """All accounts of a town's console."""

    def __init__(self, storage: Storage, hasher: PasswordHasher | None = None) -> None:
        self._storage = storage
        self._hasher = hasher or PasswordHasher()
        self._nobody = ""

    def all(self) -> dict[str, Account]:
        """By name. Raises Refused where the document cannot be read, StorageUnavailable."""
        return self._load()[0]

    def find(self, name: str) -> Account | None:
        """The account of a name."""
        return self.all().get(name)

    def check(self, name: str, password: str) -> Account | None:
        """The account, where the password is its own; as slow for a name that is not there."""
        account = self.find(name)
        if not self._nobody:
            self._nobody = self._hasher.hash(secrets.token_hex(16))
        try:
            self._hasher.verify(account.hash if account else self._nobody, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return None
        if account and self._hasher.check_needs_rehash(account.hash):
            fresh = self._hasher.hash(password[:LONGEST])
            self._change(lambda known: {**known, name: known[name].but(hash=fresh)} if name in known and known[name].hash == account.hash else known)
        return account

    def add(self, name: str, role: str, password: str) -> Account:
        """A new account. Raises Refused."""
        name = _named(name)
        made = Account(name, _role(role), self._hashed(name, password), secrets.randbelow(2**30))  # a name that comes back has other sessions

        def put(known: dict[str, Account]) -> dict[str, Account]:
            if name in known:
                raise Refused(f"le compte « {name} » existe déjà : « mairie staff password {name} » change son mot de passe")
            return {**known, name: made}

        self._change(put)
        return made

    def set_password(self, name: str, password: str) -> None:
        """Another password; sessions of the old one are over. Raises Refused."""
        hashed = self._hashed(name, password)
        self._edit(name, lambda old: old.but(hash=hashed, generation=old.generation + 1))

    def set_role(self, name: str, role: str) -> None:
        """Another role; the person logs in again. Raises Refused."""
        role = _role(role)
        self._edit(name, lambda old: old.but(role=role, generation=old.generation + 1), keep_admin=role != ADMIN)

    def remove(self, name: str) -> None:
        """Takes an account away. Raises Refused."""

        def drop(known: dict[str, Account]) -> dict[str, Account]:
            if name not in known:
                raise Refused(_unknown(name))
            return _with_admin({n: a for n, a in known.items() if n != name}, known)

        self._change(drop)

    def _edit(self, name: str, edit: Callable[[Account], Account], keep_admin: bool = False) -> None:
        def put(known: dict[str, Account]) -> dict[str, Account]:
            if name not in known:
                raise Refused(_unknown(name))
            after = {**known, name: edit(known[name])}
            return _with_admin(after, known) if keep_admin else after

        self._change(put)

    def _hashed(self, name: str, password: str) -> str:
        why = weakness(name, password)
        if why:
            raise Refused(why)
        return self._hasher.hash(password)

    def _load(self) -> tuple[dict[str, Account], str]:
        found = self._storage.get(KEY)
        if found is None:
            return {}, NEW
        try:
            rows: list[dict[str, Any]] = json.loads(found.data)["staff"]
            accounts = {row["name"]: Account(row["name"], _role(row["role"]), row["hash"], int(row["generation"])) for row in rows}
            return accounts, found.version
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Refused(f"{KEY} est illisible : le remettre depuis une sauvegarde") from error

    def _change(self, edit: Callable[[dict[str, Account]], dict[str, Account]]) -> None:
        for _ in attempts():
            known, version = self._load()
            rows = [{"name": a.name, "role": a.role, "hash": a.hash, "generation": a.generation} for a in edit(known).values()]
            try:
                self._storage.put(KEY, json.dumps({"staff": rows}, indent=1).encode(), expected=version)
                return
            except Changed:
                continue
        raise Refused("d'autres personnes changent les comptes : réessayez dans un instant")


def weakness(name: str, password: str) -> str:
    """What is wrong with a password, in French; "" for nothing."""
    if len(password) < SHORTEST:
        return f"le mot de passe a {len(password)} caractères : {SHORTEST} au moins ; quelques mots qui ne vont pas ensemble se retiennent bien"
    if len(password) > LONGEST:
        return f"le mot de passe est trop long : {LONGEST} caractères au plus"
    bare = re.sub(r"[^a-z0-9]", "", password.lower())
    if len(set(password)) < 5 or any(bare.replace(easy, "") in ("", "1", "123", "2026") for easy in (*_EASY, re.sub(r"[^a-z0-9]", "", name))):
        return "ce mot de passe se devine : en choisir un autre"
    return ""


def _with_admin(after: dict[str, Account], before: dict[str, Account]) -> dict[str, Account]:
    if any(a.role == ADMIN for a in before.values()) and not any(a.role == ADMIN for a in after.values()):
        raise Refused("c'est le dernier compte d'administration : en ajouter un autre avant")
    return after


def _named(name: str) -> str:
    name = name.strip().lower()
    if not _NAME.fullmatch(name):
        raise Refused("le nom d'un compte : lettres minuscules sans accent, chiffres, points et tirets, par exemple jeanne.martin")
    return name


def _role(role: str) -> str:
    if role not in ROLES:
        raise Refused(f"le rôle est {', '.join(ROLES)}")
    return role


def _unknown(name: str) -> str:
    return f"aucun compte « {name} »"
