"""The official text of a notice, written once from its payload and never again."""
from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import override

from .fields import Field
from .kinds import NoticeKind, Part

NOTHING = "无"


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading and the paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


def write(kind: NoticeKind, payload: dict) -> str:
    """The text in Chinese: headings on lines of their own after a blank line, one paragraph a line."""
    with override("zh-hans"):
        blocks = [_write_part(part, payload) for part in kind.parts]
    return "\n\n".join(block for block in blocks if block)


def passages(text: str) -> list[Passage]:
    """The text taken apart for setting: first line of each block is its heading, marked by `# `."""
    found = []
    for block in text.split("\n\n"):
        lines = block.split("\n")
        heading = lines[0].removeprefix("# ") if lines[0].startswith("# ") else ""
        found.append(Passage(heading, tuple(lines[1:] if heading else lines)))
    return found


def _write_part(part: Part, payload: dict) -> str:
    lines = [f"# {part.heading}"] if part.heading else []
    if part.sentence:
        lines.append(part.sentence)
    for field in part.fields:
        lines += _write_field(field, payload.get(field.key))
    return "\n".join(lines)


def _write_field(field: Field, value) -> list[str]:
    if field.is_blank(value):
        return [NOTHING if field.bare else f"{field.label}：{NOTHING}"]
    written = field.write(value)
    if field.kind == "rows":
        return [f"{field.label}：", *_lines(written)]
    if field.bare:
        return _lines(written)
    if field.kind == "party":
        return [f"{field.label}", *_lines(written)]
    first, *rest = _lines(written)
    return [f"{field.label}：{first}", *rest]


def _lines(written: str) -> list[str]:
    """Paragraphs without blank lines: a blank line ends a part."""
    return [line.strip() for line in written.split("\n") if line.strip()]
