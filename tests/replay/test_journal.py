"""What a replay has done is known again after it was killed at any point."""

from pathlib import Path

import pytest

from tests.replay.journal import Journal, JournalUnusable, default_path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the state is kept."""
    return tmp_path / "state.jsonl"


def _written(path: Path) -> bytes:
    journal = Journal(path, data="study")
    journal.note_policy({"sampling_rate": 0.1})
    journal.note_registered("0:58", "cmp_a")
    journal.note_voted("0:58")
    journal.note_registered("0:83", "cmp_b")
    journal.close()
    return path.read_bytes()


def test_a_journal_is_read_back(path: Path) -> None:
    _written(path)
    journal = Journal(path, data="study")
    assert journal.voted == {"0:58"}
    assert journal.registered == {"0:58": "cmp_a", "0:83": "cmp_b"}
    assert journal.policy_to_restore == {"sampling_rate": 0.1}
    journal.note_policy(None)
    journal.close()
    journal = Journal(path, data="study")
    assert journal.policy_to_restore is None
    journal.close()


def test_cut_off_at_any_byte_it_holds_what_was_written_before_and_goes_on(path: Path) -> None:
    whole = _written(path)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        journal = Journal(path, data="study")
        assert ("0:58" in journal.voted) == (b'{"voted":"0:58"}\n' in whole[:length])
        journal.note_voted("9:9")
        journal.close()
        journal = Journal(path, data="study")
        assert "9:9" in journal.voted
        journal.close()


def test_two_replays_do_not_share_a_journal(path: Path) -> None:
    journal = Journal(path, data="study")
    with pytest.raises(JournalUnusable, match="Another replay"):
        Journal(path, data="study")
    journal.close()
    Journal(path, data="study").close()


def test_a_journal_of_other_votes_is_refused(path: Path) -> None:
    _written(path)
    with pytest.raises(JournalUnusable, match="other votes"):
        Journal(path, data="another study")


@pytest.mark.parametrize("text", ["words", "words\n", "# Title\nwords", "[]\n", '{"a":1}\n{', "{}\n", "\n\n"])
def test_a_file_of_somebody_else_stays_as_it_is(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(JournalUnusable, match="not the state of a replay"):
        Journal(path, data="study")
    assert path.read_text() == text


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(JournalUnusable, match="cannot be written"):
        Journal(tmp_path / "missing" / "state.jsonl", data="study")


def test_the_file_s_name_tells_workspaces_apart_and_gives_no_key_away() -> None:
    one, other = default_path("http://a", "pv_sk_secret1"), default_path("http://a", "pv_sk_secret2")
    assert one != other
    assert one != default_path("http://b", "pv_sk_secret1")
    assert "secret" not in one.name
