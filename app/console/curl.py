"""Writes the command line that makes an operation's example call."""

import json
from collections.abc import Mapping
from typing import Any, Final

_CREDENTIALS: Final[Mapping[str, str]] = {"api_key": "$KEY", "ticket": "$TICKET"}
_JSON: Final = "application/json"


def curl_command(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """The example call. `$PAIRVOTE` is the server's address, `$KEY` and `$TICKET` are the credentials."""
    address = path.replace("{", "$").replace("}", "").replace("$id", "$ID")
    words = ["curl"] if method == "GET" else [f"curl -X {method}"]
    words[0] += f' "$PAIRVOTE{address}"'
    words += [
        f'-H "Authorization: Bearer {_CREDENTIALS[name]}"' for each in operation["security"] for name in each
    ]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header":
            words.append(f'-H "{parameter["name"]}: {parameter["example"]}"')
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    if _JSON in content:
        body = json.dumps(content[_JSON].get("example", {}), indent=2, ensure_ascii=False)
        words += [f'-H "Content-Type: {_JSON}"', "-d '" + body.replace("'", "'\\''") + "'"]
    elif content:
        words += [f'-H "Content-Type: {next(iter(content))}"', "--data-binary @file"]
    return " \\\n  ".join(words)
