"""The WSGI entry: `flask` commands and the server both start here."""

import os

from app import create_app, start_serving
from app.core.settings import Settings

app = create_app(Settings.from_env(os.environ))
# The `flask` command says so in the environment; it must also work where a server would refuse to start.
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
    start_serving(app)
