"""Serves the `wsgi.py` beside it as Pairvote serves its own: same server, same settings."""

import os
from pathlib import Path

from app.core.settings import Settings
from app.operations.server import become_server

if __name__ == "__main__":
    settings = Settings.from_env(os.environ)
    os.chdir(Path(__file__).parent)
    become_server(settings)
