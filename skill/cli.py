"""The `mairie` command: run, talk, ask, check, compile."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from skill import cli_data, cli_podcasts, cli_speakers, cli_staff, cli_streets
from skill.app import DEFAULT_TOWN, Settings, Skill, make_skill
from skill.cli_french import FrenchParser
from skill.conversation.turn import Focus
from skill.conversation.unanswered import lately
from skill.homes import memory_of
from skill.stores.town_files import BrokenFiles, find_town

if TYPE_CHECKING:
    from skill.city.model import City

INTERRUPTED: Final = 130
HIGHEST_PORT: Final = 65535
MOST_WORKERS: Final = 64
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200
"""Beyond these no calendar of holidays says anything."""


def _town(args: argparse.Namespace) -> str:
    """The town asked for: on the command line, else in the environment."""
    return args.town or Settings.from_environment().town or DEFAULT_TOWN


def _settings(args: argparse.Namespace) -> Settings:
    """The environment's settings. A town named on the command line is read from its folder, whatever was compiled before."""
    settings = Settings.from_environment()
    return settings.but(town=args.town, compiled="") if args.town else settings


def _skill(args: argparse.Namespace) -> Skill:
    return make_skill(_settings(args))


def _moment(text: str | None, skill: Skill) -> datetime:
    if not text:
        return skill.now()
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=skill.zone)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"--at {text}: a moment from {FIRST_YEAR} to {LAST_YEAR} is wanted")
    return at


def _ask(args: argparse.Namespace) -> int:
    skill = make_skill(_settings(args), memory=memory_of())  # a question tried out leaves nothing behind
    if args.batch:
        return _batch(skill, args.batch, args.out)
    if not args.text:
        print("mairie ask: give a question, or --batch FILE", file=sys.stderr)
        return 2
    at = _moment(args.at, skill)
    focus = Focus()
    for turn in args.text:
        if args.why:
            _explain(skill, turn, args.locale, at, focus)
        answer = skill.hear(turn, args.locale, at, focus)
        focus = answer.reply.focus
        print(answer.speech.text if answer.speech else "")
    return 0


def _unanswered(args: argparse.Namespace) -> int:
    """The words of questions without an answer, the most asked first."""
    skill = _skill(args)
    total = lately(skill.memory.unanswered, skill.now().date())
    for words, count in sorted(total.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count:5}  {words}")
    return 0


def _batch(skill: Skill, source: str, out: str | None) -> int:
    from skill.channels import text

    failed = 0
    with open(source, encoding="utf-8-sig") as rows, _whole_file(out) as written:
        for row in text.batch(skill, rows):
            failed += "error" in row
            written.write(json.dumps(row, ensure_ascii=False) + "\n")
    if failed:
        print(f'{failed} line(s) could not be read; see "error" in the output', file=sys.stderr)
    return 1 if failed else 0


@contextlib.contextmanager
def _whole_file(name: str | None) -> Iterator[TextIO]:
    """A file that appears whole or not at all, so that it may be the one being read; standard output where there is no name."""
    if not name:
        yield sys.stdout
        return
    path = Path(os.path.realpath(name))
    if path.is_dir() or (path.exists() and not path.is_file()):  # /dev/stdout and the like
        with open(path, "w", encoding="utf-8") as straight:
            yield straight
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(fresh, "w", encoding="utf-8") as file:
            yield file
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def _explain(skill: Skill, turn: str, locale: str, at: datetime, focus: Focus) -> None:
    choice, evidence = skill.understand(turn, locale, at, focus)
    print(f"heard    {' '.join(evidence.heard)}")
    if evidence.words != evidence.heard:
        print(f"mended   {' '.join(evidence.words)}")
    print(f"cues     {' '.join(sorted(evidence.cues)) or '-'}    kinds {' '.join(evidence.kinds) or '-'}")
    for table, mentions in evidence.mentions.items():
        for mention in mentions[:3]:
            print(f"{table:<8} {' | '.join(mention.ids)}  score {mention.score:.2f}  share {mention.whole:.2f}  faith {mention.sure:.2f}")
    print(f"when     {evidence.when.plain() or '-'}    strange {' '.join(sorted(evidence.strange)) or '-'}")
    for hit in evidence.hits[:3]:
        print(f"fact     {hit.id}  {hit.score:.2f}  said {hit.said:.2f}  explained {hit.explained:.2f}")
    for intent, total, parts in choice.sums[:5]:
        print(f"sum      {total:5.1f}  {intent}  {parts}")
    print(f"=> {choice.intent}  {choice.score:.1f}  margin {choice.margin:.1f}  {choice.slots.plain()}")


def _talk(args: argparse.Namespace) -> int:
    from skill.channels import text

    skill = _skill(args)
    interactive = sys.stdin.isatty()

    def lines() -> object:
        while True:
            try:
                yield input("> " if interactive else "")
            except (EOFError, KeyboardInterrupt):
                return

    text.converse(skill, lines(), print, args.locale)  # type: ignore[arg-type]
    return 0


def _check(args: argparse.Namespace) -> int:
    from interaction_model.check import problems_in_models
    from skill.stores.town_files import load_town

    problems: list[str] = []
    city, folder = None, find_town(_town(args))
    try:
        city = load_town(folder)
        print(f"{city.name}: {len(city.places)} places, {len(city.collections)} collections, {len(city.items)} items, {len(city.facts)} facts")
        problems += _own_words(city, folder)
    except BrokenFiles as error:
        problems += [str(p) for p in error.located]
    problems += problems_in_models(city, Path(args.models) if args.models else None, asked=str(folder))
    for problem in problems:
        print(problem, file=sys.stderr)
    print("all good" if not problems else f"{len(problems)} problem(s)")
    return 1 if problems else 0


def _own_words(city: City, folder: Path) -> list[str]:
    """Words of the town for cues that its language does not have: they would be lost in silence."""
    from skill.stores import words
    from skill.understanding.ear import OWN_LISTS, unknown_own

    found = [f"words.{lang}: langue inconnue : {', '.join(words.languages())}" for lang in sorted(city.own_words.keys() - set(words.languages()))]
    for language in words.languages():
        known = ", ".join(sorted({*OWN_LISTS, *words.words(language)["cues"]}))
        found += [f"words.{language}.{key}: indice inconnu « {key} » : écrire l'un de {known}" for key in unknown_own(words.words(language), city, language)]
    lines = (folder / "town.toml").read_text(encoding="utf-8").splitlines() if (folder / "town.toml").is_file() else []

    def line(problem: str) -> int:
        *_, last = problem.split(":")[0].split(".")
        return next((n for n, text in enumerate(lines, 1) if text.split("=")[0].strip() == last or text.strip() == f"[town.words.{last}]"), 1)

    return [f"town.toml:{line(p)}: town.{p}" for p in found]


def _compile(args: argparse.Namespace) -> int:
    from skill.stores.compiled import compile_town

    for path in compile_town(find_town(_town(args)), Path(args.out)):
        print(f"{path}  {path.stat().st_size // 1024} kB")
    return 0


def _run(args: argparse.Namespace) -> int:
    from skill.channels.web import serve

    settings = _settings(args)
    return serve(settings.but(workers=args.workers) if args.workers is not None else settings, args.host, args.port)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r}: a number from 0 (any free port) to {HIGHEST_PORT}")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST_WORKERS):
        raise argparse.ArgumentTypeError(f"{text!r}: a number of processes up to {MOST_WORKERS}, 0 for this one alone")
    return int(text)


def main(argv: list[str] | None = None) -> int:
    """Entry point of the console script."""
    staff = not {"podcasts", "streets", "staff", "backup", "restore"}.isdisjoint(sys.argv[1:] if argv is None else argv)
    parser = (FrenchParser if staff else argparse.ArgumentParser)(prog="mairie", description="The voice of a town hall.")
    parser.add_argument("--town", help="name of a shipped town or path of a folder (default: MAIRIE_TOWN)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="start the web endpoint")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=_port, default=5000)
    run.add_argument("--workers", type=_workers, help="how many processes answer, for production; 0 for this one alone (default: MAIRIE_WORKERS)")
    run.set_defaults(do=_run)
    talk = verbs.add_parser("talk", help="talk in the terminal")
    talk.add_argument("--locale", default="fr-FR")
    talk.set_defaults(do=_talk)
    ask = verbs.add_parser("ask", help="ask one question, or a file of them")
    ask.add_argument("text", nargs="*", help="the question; several are turns of one conversation")
    ask.add_argument("--locale", default="fr-FR")
    ask.add_argument("--at", help="moment of asking, ISO 8601 (default: now)")
    ask.add_argument("--why", action="store_true", help="print the evidence, the sums and the margin")
    ask.add_argument("--batch", help="JSON lines in: id, locale, at, turns")
    ask.add_argument("--out", help="JSON lines out: id, answer, intent, ms")
    ask.set_defaults(do=_ask)
    check = verbs.add_parser("check", help="validate the town's data and the interaction model")
    check.add_argument("--models", help="folder of the Alexa models built for the town, to be compared too (those of the default town always are)")
    check.set_defaults(do=_check)
    unanswered = verbs.add_parser("unanswered", help="what was asked and could not be answered, of the last thirty days")
    unanswered.set_defaults(do=_unanswered)
    make = verbs.add_parser("compile", help="make the town ready for a cold start")
    make.add_argument("out", help="folder to write into")
    make.set_defaults(do=_compile)
    cli_podcasts.add_parser(verbs, _skill)
    cli_streets.add_parser(verbs, _town)
    cli_staff.add_parser(verbs, _settings)
    cli_data.add_parser(verbs, _settings)
    cli_speakers.add_parser(verbs, _settings, _port)
    args = parser.parse_args(argv)
    try:
        return int(args.do(args))
    except BrokenFiles as error:
        for problem in error.located:
            print(problem, file=sys.stderr)
        print(f"{len(error.located)} problem(s): the town cannot be used", file=sys.stderr)
    except KeyboardInterrupt:
        print("mairie: interrompu ; ce qui était publié l'est toujours", file=sys.stderr)
        return INTERRUPTED
    except ModuleNotFoundError as error:
        print(f"mairie: {error.name} is not here; this command wants: pip install '.[server,console,podcasts]'", file=sys.stderr)
    except (OSError, ValueError, OverflowError) as error:
        print(f"mairie: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
