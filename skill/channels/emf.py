"""Figures for CloudWatch from a function: a line of JSON in its log that AWS takes for a metric (embedded metric format). Nothing of anybody."""

from __future__ import annotations

import json
import os
import time
from typing import Final

NAMESPACE: Final = "MairieVocale"


def measure(name: str, value: float) -> None:
    """One figure of this moment, of the stack that the environment names."""
    metrics = [{"Namespace": NAMESPACE, "Dimensions": [["Stack"]], "Metrics": [{"Name": name, "Unit": "None"}]}]
    told = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": metrics}, "Stack": os.environ.get("STACK", "mairie"), name: round(value, 1)}
    print(json.dumps(told), flush=True)
