"""Documents written from the code: stale ones are found, written, and removed when nothing makes them any more."""
from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from portal.workflow import docs


@pytest.fixture
def folder(monkeypatch):
    """A generated folder of two files beside the real documents."""
    made = {"one.md": "1\n", "two.md": "2\n"}
    monkeypatch.setattr(docs, "_folders", {"docs/made": lambda: made})
    return made


def test_documents_are_written_once_and_then_up_to_date(tmp_path, folder, capsys):
    with pytest.raises(CommandError, match=r"docs/rules\.md"):
        call_command("write_docs", "--check", root=tmp_path)
    call_command("write_docs", root=tmp_path)
    assert (tmp_path / "docs/made/one.md").read_text() == "1\n"
    assert "| R87-33 |" in (tmp_path / "docs/rules.md").read_text("utf-8")
    assert "| CONTRACT_FILING |" in (tmp_path / "docs/clocks.md").read_text("utf-8")
    call_command("write_docs", "--check", root=tmp_path)
    assert "up to date" in capsys.readouterr().out
    assert docs.write(tmp_path) == []


def test_a_changed_and_a_superfluous_document_are_stale(tmp_path, folder):
    docs.write(tmp_path)
    (tmp_path / "docs/rules.md").write_text("other", "utf-8")
    del folder["two.md"]
    assert set(docs.stale(tmp_path)) == {"docs/rules.md", "docs/made/two.md"}
    docs.write(tmp_path)
    assert not (tmp_path / "docs/made/two.md").exists()
    assert list(docs.stale(tmp_path)) == []


def test_a_document_is_written_by_one_function():
    with pytest.raises(ValueError, match="twice"):
        docs.generated("docs/rules.md")(lambda: "")
