"""`mairie podcasts`: publish, list, edit, withdraw, restore, check, refresh. Speaks French: staff use it."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from skill.app import Skill
from skill.cli_french import FrenchParser
from skill.speech import fr

if TYPE_CHECKING:
    from podcasts.catalogue import Entry
    from podcasts.library import Library

USUAL_HOUR: Final = 8
LENGTH_OF_DAY: Final = 10
NO_SERIES: Final = "cette ville ne publie aucune série ici : écrire own = true sous une [[series]] de town.toml"


def add_parser(verbs: Any, skill_of: Callable[[argparse.Namespace], Skill]) -> None:
    """The verbs under `podcasts`."""
    top = verbs.add_parser("podcasts", help="publier et lire les podcasts de la ville")
    inner = top.add_subparsers(dest="action", required=True, parser_class=FrenchParser, metavar="ACTION", title="actions")

    def verb(name: str, do: Callable[[argparse.Namespace, Skill], int], help_: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = inner.add_parser(name, help=help_)
        parser.set_defaults(do=lambda args: do(args, skill_of(args)))
        return parser

    add = verb("add", _add, "publier un épisode")
    add.add_argument("audio", type=Path, help="le son, en MP3 ou M4A")
    add.add_argument("--title", required=True)
    add.add_argument("--description", required=True)
    for parser in (add, verb("edit", _edit, "changer ce qui est dit d'un épisode")):
        if parser is not add:
            parser.add_argument("episode", help="sa place dans la liste, un bout de son titre, ou le début de son identifiant")
            parser.add_argument("--title")
            parser.add_argument("--description")
        parser.add_argument("--image", type=Path, help="image carrée, JPEG ou PNG, de 1400 à 3000 pixels")
        parser.add_argument("--transcript", type=Path, help="transcription : .vtt, .srt, .txt, .html ou .json")
        parser.add_argument("--chapters", type=Path, help="chapitres : .json")
        parser.add_argument("--date", help="date de parution : 2026-12-01T08:00, 01/12/2026 ou 01/12/2026 8h30 ; dans l'avenir, l'épisode attend")
        parser.add_argument("--number", type=int, help="numéro de l'épisode")
        parser.add_argument("--season", type=int, help="numéro de la saison")
        parser.add_argument("--guest", action="append", metavar="NOM", help="qui parle ; à répéter pour plusieurs")
        _series(parser)
    cover = verb("cover", _cover, "donner son image à la série")
    cover.add_argument("image", type=Path, help="image carrée, JPEG ou PNG, de 1400 à 3000 pixels")
    _series(cover)
    listed = verb("list", _list, "la liste des épisodes, retirés et à venir compris")
    _series(listed)
    for name, do, help_ in (("withdraw", _withdraw, "retirer un épisode ; rien n'est effacé"), ("restore", _restore, "remettre un épisode retiré")):
        parser = verb(name, do, help_)
        parser.add_argument("episode", help="sa place dans la liste, un bout de son titre, ou le début de son identifiant")
        _series(parser)
    check = verb("check", _check, "tous les défauts d'un flux, comme Apple les verrait")
    check.add_argument("what", nargs="?", help="adresse d'un flux, ou fichier ; rien pour la série de la ville et ses fichiers")
    _series(check)
    check.add_argument("--inside", action="store_true", help="permettre une adresse du réseau interne")
    verb("refresh", _refresh, "lire les flux et faire paraître les épisodes arrivés à leur date")


def _series(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--series", help="identifiant de la série ; inutile s'il n'y en a qu'une")


def _library(args: argparse.Namespace, skill: Skill) -> Library:
    own = skill.programmes.own()
    wanted = args.series or (own[0] if len(own) == 1 else "")
    if not own:
        raise ValueError(NO_SERIES)
    if wanted not in own:
        raise ValueError(f"--series : choisir parmi {', '.join(own)}")
    library = skill.programmes.library(wanted)
    if library is None:
        raise ValueError("MAIRIE_DATA est vide : il faut un dossier où ranger les podcasts")
    return library


def _given(args: argparse.Namespace, skill: Skill) -> dict[str, Any]:
    """What was asked for, as the library takes it."""
    given = {"title": args.title, "description": args.description, "number": args.number, "season": args.season, "people": args.guest}
    if args.date:
        given["published"] = _date(args.date, skill)
    return {k: v for k, v in given.items() if v is not None}


_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s*(?:à|,)?\s*(\d{1,2})\s*[h:]\s*(\d{2})?)?")


def _date(text: str, skill: Skill) -> datetime:
    """A date as ISO or as people write it, 01/12/2026 8h30; eight in the morning where no hour is given."""
    try:
        found = _DATE.fullmatch(text.strip())
        if found:
            day, month, year, hour, minute = (int(part) if part else None for part in found.groups())
            return datetime(year or 0, month or 0, day or 0, USUAL_HOUR if hour is None else hour, minute or 0, tzinfo=skill.zone)
        date = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"--date {text} : cette date n'existe pas ou ne se lit pas ; écrire par exemple 2026-12-01T08:00 ou 01/12/2026 8h30") from error
    date = date.replace(hour=USUAL_HOUR) if len(text.strip()) <= LENGTH_OF_DAY else date
    return date if date.tzinfo else date.replace(tzinfo=skill.zone)


def _warn_of_address(library: Library, skill: Skill) -> None:
    if not library.address.startswith("https://"):
        print("attention : MAIRIE_PUBLIC_URL n'est pas réglée ; les adresses du flux ne marchent que sur cette machine", file=sys.stderr)


def _add(args: argparse.Namespace, skill: Skill) -> int:
    library = _library(args, skill)
    given = _given(args, skill)
    entry = library.add(
        args.audio, given.pop("title"), given.pop("description"), skill.now(), image=args.image, transcript=args.transcript, chapters=args.chapters,
        progress=lambda step: print(f"… {step}", file=sys.stderr, flush=True), **given,
    )  # fmt: skip
    later = entry.published > skill.now()
    print(f"{'Paraîtra ' + _when(entry, skill) if later else 'Publié'} : {entry.title} ({fr.lasting(entry.seconds)})")
    print(f"  {entry.guid}\n  {library.feed_url}")
    _warn_of_address(library, skill)
    return 0


def _edit(args: argparse.Namespace, skill: Skill) -> int:
    library = _library(args, skill)
    changes = {**_given(args, skill), **{k: v for k in ("image", "transcript", "chapters") if (v := getattr(args, k)) is not None}}
    if not changes:
        raise ValueError("rien à changer : donner --title, --description, --date, --number, --season, --guest, --image, --transcript ou --chapters")
    before = library.find(args.episode)
    entry = library.edit(before.guid, skill.now(), **changes)
    print(f"Changé : {entry.title}")
    if before.published <= skill.now() < entry.published:
        print(f"attention : il ne paraît plus avant {_when(entry, skill)}", file=sys.stderr)
    return 0


def _cover(args: argparse.Namespace, skill: Skill) -> int:
    library = _library(args, skill)
    print(f"Image de la série : {library.address}/{library.set_cover(args.image, skill.now())}")
    return 0


def _withdraw(args: argparse.Namespace, skill: Skill) -> int:
    library = _library(args, skill)
    entry = library.withdraw(library.find(args.episode).guid, skill.now())
    print(f"Retiré : {entry.title}. « mairie podcasts restore {entry.guid.removeprefix('urn:uuid:')[:8]} » le remet.")
    return 0


def _restore(args: argparse.Namespace, skill: Skill) -> int:
    library = _library(args, skill)
    entry = library.restore(library.find(args.episode).guid, skill.now())
    print(f"Remis : {entry.title}")
    return 0


def _list(args: argparse.Namespace, skill: Skill) -> int:
    library = _library(args, skill)
    entries = library.entries()
    for place, entry in enumerate(entries, 1):
        state = "retiré" if entry.withdrawn else "à venir" if entry.published > skill.now() else "publié"
        print(f"{place:3}  {entry.guid.removeprefix('urn:uuid:')[:8]}  {state:8} {_when(entry, skill)}  {fr.lasting(entry.seconds)}  {entry.title}")
    print(f"{len(entries)} épisode(s) ; {library.feed_url}")
    return 0


def _when(entry: Entry, skill: Skill) -> str:
    return entry.published.astimezone(skill.zone).strftime("%d/%m/%Y à %H h %M")


def _check(args: argparse.Namespace, skill: Skill) -> int:
    from podcasts.check import ERROR, check
    from podcasts.fetch import FeedUnavailable, Limits, fetch

    limits = Limits(inside=args.inside)

    def probe(url: str, **given: Any) -> Any:
        return fetch(url, limits=limits._replace(seconds=20), **given)

    try:
        if args.what is None:
            faults = _library(args, skill).check(skill.now())
        elif args.what.startswith(("https://", "http://")):
            answer = fetch(args.what, limits=limits)
            faults = check(answer.body or b"", answer.url, probe)
        else:
            faults = check(_bytes(args.what))
    except FeedUnavailable as error:
        hint = " ; ajouter --inside si c'est bien le vôtre" if error.reason == "private" else ""
        print(f"erreur   le flux ne vient pas : {error}{hint}", file=sys.stderr)
        return 1
    for fault in faults:
        print(f"{fault.level:8} {fault.where} : {fault.text}\n         → {fault.fix}")
    errors = sum(f.level == ERROR for f in faults)
    print(f"{errors} erreur(s), {len(faults) - errors} conseil(s)" if faults else "aucun défaut")
    return 1 if errors else 0


def _bytes(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise ValueError(f"le fichier {name} ne se lit pas : {'il est introuvable' if isinstance(error, FileNotFoundError) else error.strerror}") from error


def _refresh(args: argparse.Namespace, skill: Skill) -> int:
    outcomes = skill.programmes.refresh()
    said = {"new": "nouveau", "same": "inchangé", "failed": "ÉCHEC"}
    for series, outcome in outcomes.items():
        age = f", lu le {outcome.read.astimezone(skill.zone).strftime('%d/%m/%Y à %H h %M')}" if outcome.read else ""
        why = f"\n         {outcome.fault}" if outcome.fault else ""
        print(f"{series} : {said[outcome.state]}, {outcome.episodes} épisode(s){age}{why}")
    if not outcomes:
        print('aucune série à lire : donner feed = "https://…" ou own = true à une [[series]] de town.toml')
    return 1 if any(o.state == "failed" for o in outcomes.values()) else 0
