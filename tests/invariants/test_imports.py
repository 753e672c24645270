"""What a process that starts loads: commands answer at once, and servers stay small."""

import os
import subprocess
import sys

from tests.invariants.source import ROOT

# Each takes a tenth of a second or ten megabytes, and is for one kind of work.
HEAVY = ("alembic", "fsspec", "numpy", "phonenumbers", "py3langid", "pyarrow", "spacy", "stdnum")


def test_neither_a_command_nor_a_server_begins_with_what_few_of_them_need() -> None:
    program = f"import sys, app; print(*(name for name in {HEAVY} if name in sys.modules))"
    # Coverage and other tools of a test's own would be loaded as well.
    environment = {"PATH": os.environ["PATH"]}
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == []
