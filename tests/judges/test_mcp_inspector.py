"""The Model Context Protocol's own inspector, on its command line: it lists our tools, calls them, reads our resources."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.conformance.house import open_house
from tests.judges.npm import installed

PACKAGE, VERSION = "@modelcontextprotocol/inspector", "0.17.2"


@pytest.mark.slow
def test_the_inspector_finds_and_calls_our_tools() -> None:
    folder = installed(PACKAGE, VERSION)
    with open_house() as house:

        def inspect(*words: str) -> Any:
            command = ["npx", "--prefix", str(folder), "mcp-inspector", "--cli", f"{house.url}/mcp", "--transport", "http", *words]
            done = subprocess.run(command, capture_output=True, text=True, timeout=90, cwd=folder, check=False)
            assert done.returncode == 0, (done.stdout[-1_000:], done.stderr[-1_000:])
            return json.loads(done.stdout)

        tools = {t["name"]: t for t in inspect("--method", "tools/list")["tools"]}
        assert set(tools) == {"ask_town", "opening_hours", "next_collection", "where_to_throw", "find_place", "list_episodes"}
        for tool in tools.values():
            assert tool["annotations"]["readOnlyHint"]
            assert len(tool["description"]) < 120
            assert tool["inputSchema"]["type"] == "object"
            assert tool["outputSchema"]["type"] == "object"
        told = inspect("--method", "tools/call", "--tool-name", "ask_town", "--tool-arg", "question=à quelle heure ferme le parc barbusse")
        assert told["structuredContent"]["answer"] == "Le parc Henri Barbusse ferme à 18 heures 30 ce soir."
        assert told["structuredContent"]["source"].startswith("https://")
        wrong = inspect("--method", "tools/call", "--tool-name", "where_to_throw", "--tool-arg", "item=une fusée")
        assert wrong["isError"]
        assert "nothing here is called" in wrong["content"][0]["text"]
        listed = {r["uri"] for r in inspect("--method", "resources/list")["resources"]}
        assert listed == {"town://facts", "town://places", "town://collections"}
        fact = inspect("--method", "resources/read", "--uri", "town://places/parc-rodin")["contents"][0]
        assert json.loads(fact["text"])["source"].startswith("https://")
