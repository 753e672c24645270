"""The WSGI entry: `flask` commands and the server both start here."""

import os

from app import create_app, start_serving
from app.core.errors import StartRefused
from app.core.settings import Settings

# What any command or server creates is for this user alone.
os.umask(0o077)

# The `flask` command says so in the environment; it must also work where a server would refuse to start.
if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
    app = create_app(Settings.from_env(os.environ))
else:
    try:
        app = create_app(Settings.from_env(os.environ))
        start_serving(app)
    except StartRefused as refused:
        refused.show()
        raise SystemExit(refused.exit_code) from None
