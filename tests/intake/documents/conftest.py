"""An operator who publishes documents."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.conftest import Host


class Operator:
    """Types `flask document …`."""

    def __init__(self, app: Flask, host: Host, folder: Path) -> None:
        self._app = app
        self._host = host
        self._folder = folder

    def run(self, *arguments: str) -> Result:
        """Any command about documents of the host's workspace."""
        name, *rest = arguments
        return self._app.test_cli_runner().invoke(args=["document", name, self._host.workspace_id, *rest])

    def publish(
        self, *options: str, kind: str = "voting_notice", texts: Mapping[str, str] | None = None
    ) -> Result:
        """Publishes a version with a summary in English."""
        files = []
        for language, text in (texts or {"en": "# Notice\n\nA new text."}).items():
            file = self._folder / f"{kind}.{language}.md"
            file.write_text(text, "utf-8")
            files.append(str(file))
        return self.run("publish", kind, *files, "--summary", "We say it better.", *options)

    def published(
        self, *options: str, kind: str = "voting_notice", texts: Mapping[str, str] | None = None
    ) -> None:
        """The same, and it worked."""
        result = self.publish(*options, kind=kind, texts=texts)
        assert result.exit_code == 0, result.output


@pytest.fixture
def operator(app: Flask, workspace: Host, tmp_path: Path) -> Operator:
    """The operator of the host's workspace."""
    return Operator(app, workspace, tmp_path)
