"""Argument errors in French, for the commands that a clerk types."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Final, NoReturn

WRONG_USE: Final = 2
_SAID: Final = (
    (r"the following arguments are required: (.*)", "il manque : {0}"),
    (r"unrecognized arguments: (.*)", 'en trop : {0} ; un texte de plusieurs mots s\'écrit entre guillemets, "comme ceci"'),
    (r"argument (.*?): invalid choice: '?(.*?)'? \(choose from (.*)\)", "« {1} » n'existe pas ; choisir parmi {2}"),
    (r"argument (.*?): invalid (?:int|<lambda>) value: '(.*)'", "{0} : « {1} » n'est pas un nombre entier"),
    (r"argument (.*?): expected (?:one|at least one) argument", "{0} : il manque sa valeur, entre guillemets si elle a plusieurs mots"),
    (r"argument (.*?): (.*)", "{0} : {1}"),
)


class FrenchParser(argparse.ArgumentParser):
    """A parser whose complaints a clerk understands."""

    def error(self, message: str) -> NoReturn:
        """Says what is wrong, how the command is written, and leaves with 2."""
        for pattern, words in _SAID:
            found = re.fullmatch(pattern, message, re.DOTALL)
            if found:
                message = words.format(*found.groups())
                break
        usage = self.format_usage().removeprefix("usage: ").strip()
        print(f"mairie: {message}\nusage : {' '.join(usage.split())}\naide : {self.prog} --help", file=sys.stderr)
        sys.exit(WRONG_USE)
