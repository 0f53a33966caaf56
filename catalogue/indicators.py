"""Templates of performance indicators that stand with a line of the catalogue; pure: text in files, lists in the database."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Level-1 indicators by the names that files use; the codes are those of plan items (S-31).
CATEGORIES = {"产出": "OUTPUT", "成本": "COST", "效益": "EFFECT", "满意度": "SATISFACTION"}
NAMES = {code: name for name, code in CATEGORIES.items()}
DIRECTIONS = {"≥": "AT_LEAST", ">=": "AT_LEAST", "≤": "AT_MOST", "<=": "AT_MOST", "=": "EXACTLY"}
SIGNS = {"AT_LEAST": "≥", "AT_MOST": "≤", "EXACTLY": "="}
MOST = 20
_ONE = re.compile(
    r"(产出|成本|效益|满意度)[：:]([^≥≤=<>；;：:]{1,60}?)\s*(≥|≤|>=|<=|=)\s*(\d{1,10}(?:\.\d{1,2})?)\s*([^\d\s；;.][^；;]{0,19})?"
)


@dataclass(frozen=True, slots=True)
class Template:
    """One level-3 indicator: what is measured, which way, the value to reach, the unit."""

    category: str
    name: str
    direction: str
    target: str
    unit: str = ""

    def __str__(self) -> str:
        return f"{NAMES[self.category]}：{self.name}{SIGNS[self.direction]}{self.target}{self.unit}"

    def as_dict(self) -> dict[str, str]:
        return {"category": self.category, "name": self.name, "direction": self.direction, "target": self.target, "unit": self.unit}


def read_templates(text: str) -> tuple[list[Template], list[str]]:
    """The templates of one cell, set apart by semicolons or lines, and the parts that are none."""
    found, wrong = [], []
    for part in filter(None, (part.strip() for part in re.split(r"[；;\n]", text))):
        match = _ONE.fullmatch(part)
        if match is None:
            wrong.append(part)
            continue
        category, name, sign, target, unit = match.groups()
        found.append(Template(CATEGORIES[category], name.strip(), DIRECTIONS[sign], target, (unit or "").strip()))
    return found, wrong


def write_templates(templates: Iterable[dict | Template]) -> str:
    """One cell that `read_templates` reads back."""
    return "；".join(str(each if isinstance(each, Template) else Template(**each)) for each in templates)
