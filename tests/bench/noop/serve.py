"""Serves the `wsgi.py` beside it as Pairvote serves its own: same server, same settings."""

import os

from app.core.settings import Settings
from app.operations.server import run_server

if __name__ == "__main__":
    run_server(Settings.from_env(os.environ))
