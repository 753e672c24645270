"""What hostile texts are made of. `pwn()` is what script would call; the beacon is a host that must not be asked."""

import base64
from typing import Final

BEACON: Final = "beacon.example"
CALL: Final = "pwn()"
SVG: Final = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{CALL}"><script>{CALL}</script></svg>'
HTML: Final = f"<script>parent.{CALL};opener.{CALL}</script><img src=//{BEACON}/frame>"


def to_base64(text: str) -> str:
    """As data addresses have it."""
    return base64.b64encode(text.encode()).decode()
