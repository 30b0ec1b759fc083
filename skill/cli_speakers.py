"""The commands that put the town on other speakers: `mairie wyoming`, `mairie mcp`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any, Final

from skill.app import Settings, make_skill

WYOMING_PORT: Final = 10_500
_LACKING: Final = "this needs what does not come by itself: pip install '.[{extra}]' in this folder"


def add_parser(verbs: Any, settings: Callable[[argparse.Namespace], Settings], port: Callable[[str], int]) -> None:
    """Adds the verbs."""
    wyoming = verbs.add_parser("wyoming", help="answer Home Assistant's Assist and Wyoming satellites")
    wyoming.add_argument("--host", default="127.0.0.1", help="0.0.0.0 for the whole local network (default: this machine only)")
    wyoming.add_argument("--port", type=port, default=WYOMING_PORT)
    wyoming.add_argument("--household", default="", help="a word for those who live here, so that their district is remembered")
    wyoming.add_argument("--zeroconf", action="store_true", help="let Home Assistant find us by itself")
    wyoming.set_defaults(do=lambda args: _wyoming(args, settings(args)))
    mcp = verbs.add_parser("mcp", help="tools for language models, over stdin and stdout (over HTTP: /mcp of `mairie run`)")
    mcp.set_defaults(do=lambda args: _mcp(settings(args)))


def _wyoming(args: argparse.Namespace, settings: Settings) -> int:
    try:
        from skill.channels.wyoming import serve
    except ImportError as error:
        return _lacks("wyoming", error)
    return serve(make_skill(settings), settings, args.host, args.port, args.household, args.zeroconf)


def _mcp(settings: Settings) -> int:
    try:
        from skill.channels.mcp import serve
    except ImportError as error:
        return _lacks("mcp", error)
    return serve(make_skill(settings), settings)


def _lacks(extra: str, error: ImportError) -> int:
    print(f"mairie {extra}: {_LACKING.format(extra=extra)} ({error.name} is not here)", file=sys.stderr)
    return 1
