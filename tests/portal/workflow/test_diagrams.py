"""Every lifecycle has its page, with a diagram of its states and a row for each of its acts."""
from __future__ import annotations

from portal.workflow import all_lifecycles
from portal.workflow.diagrams import permissions_page, state_pages, words_of


def test_every_lifecycle_is_drawn_whole():
    pages = state_pages()
    for cycle in all_lifecycles():
        page = pages[f"{cycle.code}.md"]
        assert "stateDiagram-v2" in page
        for row in cycle.rows:
            assert f"| `{row.name}`" in page
            for source in row.sources if row.target and not row.creates else ():
                assert f"{source} --> {row.target} : {row.name}" in page
            assert words_of(row)
        for state in cycle.states:
            assert f"    {state.value} : " in page
    assert set(pages) == {"README.md", *(f"{cycle.code}.md" for cycle in all_lifecycles())}


def test_the_matrix_names_every_row_once():
    page = permissions_page()
    for cycle in all_lifecycles():
        section = page.split(f"`{cycle.code}` (")[1].split("\n## ")[0]
        for row in cycle.rows:
            assert section.count(f"| `{row.name}` |") == 1
