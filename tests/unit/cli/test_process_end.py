"""How the process of a command ends: at once, but with all that was said, and after all that waits for the end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
COMMAND = """
import atexit, sys, threading, time
import pipelines.cli.commands as commands
from pipelines.__main__ import start

class Loud:
    def __del__(self):
        print("taken apart")

def command():
    commands.kept = Loud()
    def late():
        time.sleep(0.2)
        print("a thread", end="; ")
    threading.Thread(target=late).start()
    atexit.register(lambda: print("the end", end=""))
    print("said", end="; ")
    {last}

commands.main = command
start()
"""


def ended(last: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, "-c", COMMAND.format(last=last)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("last", ["return 3", "raise SystemExit(3)"])
def test_a_process_ends_with_the_code_of_its_command_after_threads_and_nothing_is_taken_apart(last: str) -> None:
    done = ended(last)
    assert (done.returncode, done.stdout, done.stderr) == (3, "said; a thread; the end", "")


def test_an_error_that_nobody_foresaw_is_shown_and_is_code_1() -> None:
    done = ended("raise ZeroDivisionError('unforeseen')")
    assert (done.returncode, done.stdout) == (1, "said; a thread; the end")
    assert done.stderr.endswith("ZeroDivisionError: unforeseen\n")
