"""docs/retention.md tells every class as it is declared."""

from app.operations.retention.document import retention_markdown
from tests.invariants.source import ROOT, import_everything


def test_the_file_is_what_the_code_says() -> None:
    import_everything()
    written = (ROOT / "docs/retention.md").read_text("utf-8")
    assert written == retention_markdown(), "Refresh it: flask docs retention > docs/retention.md"
