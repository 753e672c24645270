"""Entry of `python -m tests.replay`."""

from tests.replay.commands import main

raise SystemExit(main())
