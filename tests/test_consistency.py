"""Habits of the house that a search can hold (house style, rule 22 and the smells)."""
from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = [
    path for folder in ("portal", "catalogue", "procurement", "evaluation", "verify") for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
]
TEMPLATES = list((ROOT / "templates").rglob("*.html"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def found(pattern: str, paths: list[Path], *, allowed: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in paths
        if name(path) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]


def test_only_the_engine_assigns_a_state():
    engine = ("portal/workflow/engine.py",)
    assert not found(r"\.state\s*=[^=]", SOURCE, allowed=engine)
    assert not found(r"\.update\([^)]*\bstate\s*=", SOURCE)
    assert not found(r"setattr\([^,]+,\s*[\"']state[\"']", SOURCE)


def test_time_comes_from_the_one_clock():
    real_time = (
        "portal/clock.py", "portal/accounts/models.py", "portal/accounts/api.py", "portal/accounts/presence.py", "portal/accounts/views.py",
        "portal/audit/record.py", "portal/workflow/models.py", "portal/workflow/tasks.py", "portal/health.py", "portal/celery.py",
        "portal/workbench/demo.py",
        "portal/workbench/management/commands/load_cases.py",  # sets the demonstration clock's distance from real time
    )
    # heartbeats, delivery, backups, one-time links and terms of office
    real_time_folders = (
        "portal/reports/", "portal/notifications/", "portal/files/", "portal/operations/", "portal/administration/",
        "portal/authentication/", "portal/signing/",
    )
    hits = [
        hit for hit in found(r"timezone\.now\(|datetime\.now\(|date\.today\(|localdate\(", SOURCE, allowed=real_time)
        if not hit.startswith(real_time_folders)
    ]
    assert not hits


def _is_http_request(argument: ast.arg) -> bool:
    """A parameter named `request` is the web's unless its annotation names a thing of ours (a PaymentRequest)."""
    kind = ast.unparse(argument.annotation) if argument.annotation else ""
    return argument.arg == "request" and kind.strip("\"'") in ("", "HttpRequest", "Request", "WSGIRequest", "Any")


def test_no_verb_task_or_model_takes_a_request():
    rooms = ("verbs.py", "tasks.py", "models.py", "workflow.py", "rules.py", "documents.py")
    offenders = []
    for path in SOURCE:
        if path.name in rooms or path.parent.name == "models":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and any(_is_http_request(a) for a in [*node.args.args, *node.args.kwonlyargs]):
                    offenders.append(f"{name(path)}: {node.name}")
    assert not offenders


def test_no_drawer_and_no_overlong_file():
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert not [name(path) for path in SOURCE if path.name in drawers]
    assert not [name(path) for path in SOURCE if len(path.read_text().splitlines()) > 500]
    tests = list((ROOT / "tests").rglob("*.py"))
    assert not [name(path) for path in tests if len(path.read_text().splitlines()) > 600]


def test_serializers_name_their_fields():
    assert not found(r"fields\s*=\s*[\"']__all__[\"']", SOURCE)


def test_no_float_touches_money():
    stages = [path for path in SOURCE if path.is_relative_to(ROOT / "procurement") or path.is_relative_to(ROOT / "evaluation")]
    assert not found(r"\bfloat\(|FloatField", stages)


@pytest.mark.parametrize("pattern", [
    r"<script(?![^>]*\bsrc=)[^>]*>\s*[^<\s]",  # inline script
    r"\sstyle=[\"']",
    r"\son[a-z]+=[\"']",
    r"(?:src|href|action)=[\"'](?:https?:)?//",  # another host
    r"\|safe\b",
])
def test_templates_hold_nothing_inline_and_nothing_foreign(pattern):
    assert not found(pattern, TEMPLATES)


def test_templates_and_views_compare_no_role_and_no_state():
    assert not found(r"{%\s*(?:el)?if[^%]*\.(?:state|role)\s*(?:==|!=|in)\s*[\"'][A-Z_]+[\"']", TEMPLATES)
    views = [path for path in SOURCE if path.name in ("views.py", "api.py")]
    assert not found(r"\bif\b.*\.role\s*==", views)


def test_the_repository_speaks_of_the_product_alone():
    words = re.compile(r"--(?:extra-)?index-url|subagent|\bissues? #\d+", re.I)
    texts = [
        path for path in ROOT.rglob("*")
        if path.is_file() and path.suffix in {".py", ".md", ".html", ".toml", ".yml", ".txt", ".sh"}
        and not {".venv", "var", ".git"} & set(path.parts) and path != Path(__file__)
    ]
    assert not [name(path) for path in texts if words.search(path.read_text(errors="ignore"))]
