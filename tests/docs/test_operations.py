"""docs/operations.md names every setting that there is, and no other."""
import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def variables_read_by_the_settings() -> set[str]:
    """Names given as the first argument to `env(...)` or `env.<kind>(...)` in portal/settings.py."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / "portal/settings.py").read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        if isinstance(called, ast.Name) and called.id == "env":
            names.add(node.args[0].value)
    return names


def variables_in_the_table() -> list[str]:
    section = (ROOT / "docs/operations.md").read_text().split("## Settings")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_the_table_of_settings_and_the_settings_name_the_same_variables():
    assert "DATABASE_URL" in variables_read_by_the_settings()
    table = variables_in_the_table()
    assert set(table) == variables_read_by_the_settings()
    assert len(table) == len(set(table))


def test_what_the_server_keeps_is_what_fresh_removes():
    from script.supervisor import KEPT

    section = (ROOT / "docs/operations.md").read_text().split("## Where things lie")[1].split("\n## ")[0]
    named = {name for row in re.findall(r"^\| (`.+?) \|", section, re.MULTILINE) for name in re.findall(r"`(.+?)/?`", row)}
    assert named - set(KEPT) == {"server.lock"}
