"""Where each rule of the register is enforced, where it is only named as a source, and which tests name it.

Read from the syntax of the sources, never from their comments:

- *enforced*: the id stands by itself in code that runs: what a refusal says, a row of a lifecycle rests on, a check, a
  setting or a fault of a file carries;
- *source*: the id stands in a docstring, is the `reference` of a table, or is printed beside a sentence (`cite`);
- a *test names* a rule in what it asserts, in its parametrization, or in the docstring of a test that asserts something.
  What stands in a constant or a helper of the same module counts for the tests that use it.
"""
from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from .register import rules

ROOT: Final = Path(__file__).resolve().parents[2]
HOUSE: Final = ("portal", "catalogue", "procurement", "evaluation")
#: What tells people of rules or walks along them, and holds nobody to them.
_TELLING: Final = ("portal/workbench/help.py", "portal/workbench/walkthrough/", "portal/workbench/cases/")
_ID = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")
_LABELS = frozenset({"reference", "kind", "source", "verbose_name", "help_text"})
_PRINTING = frozenset({"cite", "rule", "Basis"})
_ASSERTING = frozenset({"raises", "fail"})


@dataclass
class Citations:
    """Modules and tests of one rule, each once, in the order of their paths: "procurement/plans/splitting.py", "tests/….py::test_…"."""

    enforced: list[str] = field(default_factory=list)
    source: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)


@cache
def citations(root: Path = ROOT) -> Mapping[str, Citations]:
    """Every rule of the register with where it stands; some seconds the first time."""
    found: dict[str, Citations] = {rule_id: Citations() for rule_id in rules()}
    for path in _sources(root):
        module, place = ast.parse(path.read_text("utf-8")), path.relative_to(root).as_posix()
        enforced, source = _of_module(module)
        told = enforced if place.startswith(_TELLING) else set()
        for rule_id in enforced - told:
            found[rule_id].enforced.append(place)
        for rule_id in told | (source - enforced):
            found[rule_id].source.append(place)
    for path in sorted((root / "tests").rglob("test_*.py")):
        for test, named in named_by_tests(ast.parse(path.read_text("utf-8"))).items():
            for rule_id in named:
                found[rule_id].tests.append(f"{path.relative_to(root).as_posix()}::{test}")
    return found


def ids_in(text: str) -> set[str]:
    """The rules of the register that a text names."""
    return {word for word in _ID.findall(text) if word in rules()}


# --- code ------------------------------------------------------------------------------------------------------------


def _sources(root: Path) -> Iterator[Path]:
    for folder in HOUSE:
        yield from (path for path in sorted((root / folder).rglob("*.py")) if "migrations" not in path.parts)


def _of_module(module: ast.Module) -> tuple[set[str], set[str]]:
    """Ids enforced in a module, and ids that it names as sources."""
    nodes = list(_walk(module))
    labels = {id(each) for node in nodes for each in _labels(node)}
    enforced, source = set(), set()
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in labels and node.value in rules():
                enforced.add(node.value)
            else:
                source |= ids_in(node.value)
    return enforced, source


def _labels(node: ast.AST) -> Iterator[ast.AST]:
    """What only says where something comes from: labels and printed citations."""
    if isinstance(node, ast.keyword) and node.arg in _LABELS:
        yield from _walk(node.value)
    elif isinstance(node, ast.Call) and _called(node) in _PRINTING:
        yield from (each for argument in node.args for each in _walk(argument))


# --- tests -----------------------------------------------------------------------------------------------------------


def named_by_tests(module: ast.Module) -> dict[str, set[str]]:
    """Test → the rules it names: what a comment, a heading of the module or a mere argument says does not count."""
    shared = dict(_shared(module))
    found = {}
    for test in _walk(module):
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            parts = [*test.decorator_list, *_assertions(test, shared)]
            told = [ast.get_docstring(test) or ""] if _asserts(test, shared) else []
            found[test.name] = {
                rule_id for text in (*told, *_texts(parts, shared)) for rule_id in ids_in(text)
            }
    return found


def _shared(module: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Names of a module that tests lean on: constants, helpers and fixtures."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_"):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))


def _asserts(function: ast.AST, shared: Mapping[str, ast.AST], depth: int = 2) -> bool:
    for node in _walk(function):
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and _called(node) in _ASSERTING):
            return True
        helper = shared.get(_called(node)) if isinstance(node, ast.Call) else None
        if depth and isinstance(helper, ast.FunctionDef) and _asserts(helper, shared, depth - 1):
            return True
    return False


def _assertions(function: ast.AST, shared: Mapping[str, ast.AST]) -> Iterator[ast.AST]:
    """What a test holds to be so: its asserts, `pytest.raises(…)`, and calls of helpers that assert."""
    for node in _walk(function):
        if isinstance(node, ast.Assert):
            yield node
        elif isinstance(node, ast.Call):
            helper = shared.get(_called(node))
            if _called(node) in _ASSERTING or (isinstance(helper, ast.FunctionDef) and _asserts(helper, shared)):
                yield node


def _texts(parts: list[ast.AST], shared: Mapping[str, ast.AST]) -> Iterator[str]:
    """The words in these pieces of syntax and in the constants and helpers of the module that they use."""
    seen: set[str] = set()
    waiting = list(parts)
    while waiting:
        for node in _walk(waiting.pop()):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.Name) and node.id in shared and node.id not in seen:
                seen.add(node.id)
                used = shared[node.id]
                waiting += list(_assertions(used, shared)) if isinstance(used, ast.FunctionDef) else [used]


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """A piece of syntax and all below it, three times as fast as `ast.walk`, in no order."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        for value in each.__dict__.values():
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting += [below for below in value if isinstance(below, ast.AST)]


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
