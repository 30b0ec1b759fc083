"""`mairie staff`: accounts of the console. Passwords are asked for, never given on the command line, where others could read them."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from skill.cli_french import FrenchParser
from skill.settings import Settings

if TYPE_CHECKING:
    from skill.console.accounts import Accounts


def add_parser(verbs: Any, settings_of: Callable[[argparse.Namespace], Settings]) -> None:
    """The verbs under `staff`."""
    top = verbs.add_parser("staff", help="les comptes de la console")
    inner = top.add_subparsers(dest="action", required=True, parser_class=FrenchParser, metavar="ACTION", title="actions")

    def verb(name: str, do: Callable[[argparse.Namespace, Accounts], int], help_: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = inner.add_parser(name, help=help_)
        parser.set_defaults(do=lambda args: do(args, _accounts(settings_of(args))))
        return parser

    add = verb("add", _add, "ajouter un compte")
    add.add_argument("name", help="par exemple jeanne.martin")
    add.add_argument("--role", default="editor", help="editor (rédaction), publisher (publication) ou admin (administration)")
    password = verb("password", _password, "changer un mot de passe")
    password.add_argument("name")
    for parser in (add, password):
        parser.add_argument("--stdin", action="store_true", help="lire le mot de passe sur l'entrée, une ligne")
        parser.add_argument("--generate", action="store_true", help="en fabriquer un et le montrer une fois")
    role = verb("role", _role, "changer un rôle")
    role.add_argument("name")
    role.add_argument("role", help="editor, publisher ou admin")
    remove = verb("remove", _remove, "retirer un compte")
    remove.add_argument("name")
    verb("list", _list, "la liste des comptes")


def _accounts(settings: Settings) -> Accounts:
    from skill.console.accounts import Accounts
    from skill.homes import desk_of
    from skill.stores.town_files import find_town

    name = find_town(settings.town).resolve().name if not settings.compiled else ""
    if not name:
        from skill.stores.town import read_compiled

        town = read_compiled(settings.compiled)
        name = town.city.id if town else ""
    storage = desk_of(settings, name)
    if storage is None:
        raise ValueError("MAIRIE_DATA est vide : il faut un dossier où garder les comptes")
    return Accounts(storage)


def _given(args: argparse.Namespace) -> str:
    if args.generate:
        made = "-".join(secrets.token_hex(3) for _ in range(4))
        print(f"mot de passe : {made}\nil n'est montré qu'ici ; il se change dans la console, à « Mon compte »")
        return made
    if args.stdin:
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("mot de passe (12 caractères au moins) : ")
    if first != getpass.getpass("encore une fois : "):
        raise ValueError("les deux ne sont pas les mêmes ; rien n'est changé")
    return first


def _add(args: argparse.Namespace, accounts: Accounts) -> int:
    made = accounts.add(args.name, args.role, _given(args))
    print(f"compte ajouté : {made.name} ({made.role})")
    return 0


def _password(args: argparse.Namespace, accounts: Accounts) -> int:
    accounts.set_password(args.name, _given(args))
    print(f"mot de passe changé : {args.name} ; ses sessions sont finies")
    return 0


def _role(args: argparse.Namespace, accounts: Accounts) -> int:
    accounts.set_role(args.name, args.role)
    print(f"{args.name} : {args.role}")
    return 0


def _remove(args: argparse.Namespace, accounts: Accounts) -> int:
    accounts.remove(args.name)
    print(f"compte retiré : {args.name}")
    return 0


def _list(args: argparse.Namespace, accounts: Accounts) -> int:
    for account in sorted(accounts.all().values(), key=lambda a: a.name):
        print(f"{account.name:30} {account.role}")
    return 0
