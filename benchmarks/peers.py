"""Peers: how long another library needs for the nearest thing that it does, on the same texts, as a yardstick.

JioNLP finds sums of money and times in Chinese prose by rules. What a number counts it does not say. It is installed
into an environment of its own by pip, wherever that gets its packages from, and is no dependency of fazhi. LangExtract
and its like ask a language model about each text; without one they cannot run, so they have no figure here.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PEER = "jionlp==1.5.31"
_RUN = """
import json, sys, time
import jionlp
texts = json.load(sys.stdin)
find = jionlp.ner.extract_money, jionlp.ner.extract_time
[each(texts[0]) for each in find]  # its tables are loaded
start, cpu = time.perf_counter(), time.process_time()
found = sum(len(each(text)) for text in texts for each in find)
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
print(json.dumps({"reports": len(texts), "seconds": seconds, "cpu_seconds": cpu, "found": found}))
"""


def measure_peer(texts: Sequence[str]) -> dict[str, Any] | str:
    """What JioNLP needs for the texts and how much it found, or in one line why it could not be tried."""
    with TemporaryDirectory(prefix="fazhi-peer-") as name:
        python = Path(name, "bin", "python")
        try:
            _run([sys.executable, "-m", "venv", name])
            _run([str(python), "-m", "pip", "install", "--quiet", PEER])
            # it prints a greeting before what it was asked for
            lines = _run([str(python), "-c", _RUN], json.dumps(list(texts))).splitlines()
            result: dict[str, Any] = json.loads(lines[-1])
        except (OSError, subprocess.CalledProcessError, ValueError, IndexError) as error:
            return f"{PEER} could not be installed or run here: {str(error).splitlines()[0][:200]}"
        return result


def _run(command: Sequence[str], given: str = "") -> str:
    return subprocess.run(command, input=given, text=True, check=True, capture_output=True).stdout
