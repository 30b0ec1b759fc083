"""The `mairie` command: run, talk, ask, check, compile."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from datetime import datetime
from pathlib import Path

from skill.app import Settings, Skill, make_skill
from skill.conversation.turn import Focus
from skill.stores.town_files import BrokenFiles, find_town

EXAMPLES = ("à quelle heure ferme le parc Barbusse ?", "qu'est-ce que je sors ce soir ?", "où jeter un pot de peinture ?", "quel marché est ouvert demain ?")


def _skill(args: argparse.Namespace) -> Skill:
    settings = Settings.from_environment()
    return make_skill(settings.but(town=args.town) if args.town else settings)


def _moment(text: str | None, skill: Skill) -> datetime:
    if not text:
        return skill.now()
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=skill.zone)


def _ask(args: argparse.Namespace) -> int:
    from skill.channels import text

    skill = _skill(args)
    if args.batch:
        with open(args.batch, encoding="utf-8") as source, contextlib.ExitStack() as stack:
            out = stack.enter_context(open(args.out, "w", encoding="utf-8")) if args.out else sys.stdout
            failed = 0
            for row in text.batch(skill, source):
                failed += "error" in row
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        if failed:
            print(f'{failed} line(s) could not be read; see "error" in the output', file=sys.stderr)
        return 1 if failed else 0
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
    problems: list[str] = []
    try:
        from skill.stores.town_files import load_town

        city = load_town(find_town(args.town or Settings.from_environment().town))
        print(f"{city.name}: {len(city.places)} places, {len(city.collections)} collections, {len(city.items)} items, {len(city.facts)} facts")
    except BrokenFiles as error:
        problems += [str(p) for p in error.located]
        city = None
    from interaction_model.check import problems_in_models

    problems += problems_in_models(city)
    for problem in problems:
        print(problem, file=sys.stderr)
    print("all good" if not problems else f"{len(problems)} problem(s)")
    return 1 if problems else 0


def _compile(args: argparse.Namespace) -> int:
    from skill.stores.compiled import compile_town

    for path in compile_town(find_town(args.town or Settings.from_environment().town), Path(args.out)):
        print(f"{path}  {path.stat().st_size // 1024} kB")
    return 0


def _run(args: argparse.Namespace) -> int:
    from skill.channels.web import serve

    settings = Settings.from_environment()
    return serve(settings.but(town=args.town) if args.town else settings, args.host, args.port)


def main(argv: list[str] | None = None) -> int:
    """Entry point of the console script."""
    parser = argparse.ArgumentParser(prog="mairie", description="The voice of a town hall.")
    parser.add_argument("--town", help="name of a shipped town or path of a folder (default: MAIRIE_TOWN)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="start the web endpoint")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=int, default=5000)
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
    check.set_defaults(do=_check)
    make = verbs.add_parser("compile", help="make the town ready for a cold start")
    make.add_argument("out", help="folder to write into")
    make.set_defaults(do=_compile)
    args = parser.parse_args(argv)
    try:
        return int(args.do(args))
    except BrokenFiles as error:
        for problem in error.located:
            print(problem, file=sys.stderr)
        print(f"{len(error.located)} problem(s): the town cannot be used", file=sys.stderr)
    except (FileNotFoundError, PermissionError, IsADirectoryError, ValueError) as error:
        print(f"mairie: {error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
