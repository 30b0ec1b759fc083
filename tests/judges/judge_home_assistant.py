"""A real Home Assistant core, headless on loopback, with its own Wyoming integration: conversations in (JSON), what it would speak out.

Runs in the judge's home. {"port": of our Wyoming server, "folder": to live in, "conversations": [{"language": "fr", "turns": [...]}]}
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

CONFIG = """homeassistant:
  name: judge
  latitude: 48.82
  longitude: 2.27
  elevation: 0
  unit_system: metric
  time_zone: Europe/Paris
  country: FR
  language: fr
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
config:
conversation:
intent:
onboarding:
"""
RUN = """
import sys, homeassistant.const as c
c.REQUIRED_PYTHON_VER = min(c.REQUIRED_PYTHON_VER, sys.version_info[:3])
import homeassistant.__main__ as m
sys.exit(m.main())
"""


class Api:
    """Its REST interface."""

    def __init__(self, port):
        self.base, self.token = f"http://127.0.0.1:{port}", ""
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __call__(self, method, path, body=None, form=False):
        data = None if body is None else (urllib.parse.urlencode(body) if form else json.dumps(body)).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        with self.opener.open(urllib.request.Request(self.base + path, data, headers, method=method), timeout=60) as answer:
            return json.load(answer)


def until(ask, seconds, what):
    end, fault = time.time() + seconds, None
    while time.time() < end:
        try:
            if found := ask():
                return found
        except (OSError, ValueError) as error:
            fault = error
        time.sleep(0.1)
    sys.exit(f"not in {seconds} s: {what} ({fault})")


def main():
    given = json.load(sys.stdin)
    folder = given["folder"]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with open(f"{folder}/configuration.yaml", "w") as file:
        file.write(CONFIG.format(port=port))
    with open(f"{folder}/ha.log", "w") as log:
        command = [sys.executable, "-c", RUN, "-c", folder, "--skip-pip", "--log-no-color"]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "HOME": folder})
    try:
        api = Api(port)
        until(lambda: api("GET", "/api/onboarding"), 120, "its web server")
        person = {"client_id": api.base + "/", "name": "J", "username": "j", "password": "judge-pass", "language": "fr"}
        code = api("POST", "/api/onboarding/users", person)["auth_code"]
        api.token = api("POST", "/auth/token", {"grant_type": "authorization_code", "code": code, "client_id": api.base + "/"}, form=True)["access_token"]
        until(lambda: api("GET", "/api/config")["state"] == "RUNNING", 120, "running")
        flow = api("POST", "/api/config/config_entries/flow", {"handler": "wyoming"})
        made = api("POST", f"/api/config/config_entries/flow/{flow['flow_id']}", {"host": "127.0.0.1", "port": given["port"]})
        agents = until(
            lambda: [s for s in api("GET", "/api/states") if s["entity_id"].startswith("conversation.") and s["entity_id"] != "conversation.home_assistant"],
            20,
            "an agent",
        )
        told = []
        for conversation in given["conversations"]:
            known, said = None, []
            for text in conversation["turns"]:
                more = {"conversation_id": known} if known else {}
                answer = api(
                    "POST",
                    "/api/conversation/process",
                    {"text": text, "language": conversation.get("language", "fr"), "agent_id": agents[0]["entity_id"], **more},
                )
                known = answer["conversation_id"]
                said.append([answer["response"]["response_type"], answer["response"]["speech"].get("plain", {}).get("speech", "")])
            told.append(said)
        print(json.dumps({"version": api("GET", "/api/config")["version"], "entry": made["type"], "agent": agents[0]["entity_id"], "told": told}))
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
