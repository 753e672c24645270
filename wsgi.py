"""The WSGI entry: `flask` commands and the server both start here."""

import gc
import os

# What imports make stays: to look for garbage among it takes a sixth of the time of a start.
gc.disable()

from app import create_app, start_serving  # noqa: E402
from app.core.errors import StartRefused  # noqa: E402
from app.core.settings import Settings  # noqa: E402

gc.freeze()
gc.enable()

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
