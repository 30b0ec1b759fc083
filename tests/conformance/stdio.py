"""The town of this test over stdin and stdout, in a process of its own: the tools for language models, or `talk` for terminals, one after the other."""

from __future__ import annotations

import sys

from tests.conformance.house import SETTINGS, still

if __name__ == "__main__":
    if sys.argv[1:2] == ["talk"]:
        from skill.channels.text import converse

        first = still()
        for locale in iter(sys.stdin.readline, ""):  # each terminal says its language first, and takes its leave at the end
            skill = still(first)
            converse(skill, iter(sys.stdin.readline, ""), lambda line: print(line, flush=True), locale.strip())
    else:
        from skill.channels.mcp import serve

        sys.exit(serve(still(), SETTINGS))
