"""The money: this year's line is allocated and reserved, next year's is pledged."""
from __future__ import annotations

from datetime import datetime

from .story import SHANGHAI, StepFailed, Story

TITLE = "预算下达、预留与跨年承诺"


def play(story: Story) -> None:
    year, item, yearly = story.facts["year"], story.facts["item_id"], story.facts["yearly"]
    story.move_to(datetime(year, 1, 20, 10, 0, tzinfo=SHANGHAI), "预算批复后")
    line = story.create("planner", "budget-lines", {
        "title": "城市维护服务经费", "year": year, "source": "GENERAL", "level": "CITY", "function_class": "2120501",
        "economic_class": "30227", "item": item, "requested": f"{yearly}.00",
    }, f"申报 {year} 年预算指标 {yearly:,} 元", "DRAFTED", "S-27")  # fmt: skip
    story.act("head", "budget-lines", line["id"], "submit", what="申报预算", state="SUBMITTED", rule="R-002")
    story.act("finance_head", "budget-lines", line["id"], "allocate", {"approval_document": f"赣江财预〔{year}〕1号"},
              "下达预算", "ALLOCATED", "R102-20")  # fmt: skip
    held = story.find("finance_officer", f"encumbrances/?project={story.facts['project_id']}")
    story.say(f"    自动预留 {sum(float(row['reserved']) for row in held):,.2f} 元")
    story.refused("finance_officer", "encumbrances/", {
        "transition": "reserve", "project": story.facts["project_id"], "line": line["id"], "amount": "1.00",
    }, rule="S-27", what="在已用完的指标上再预留一元")  # fmt: skip
    story.create("finance_head", "encumbrances", {
        "transition": "pledge", "project": story.facts["project_id"], "year": year + 1, "amount": f"{yearly}.00",
    }, f"承诺 {year + 1} 年资金", "PLEDGED", "R102-28")  # fmt: skip
    project = story.read("planner", f"projects/{story.facts['project_id']}/")
    if project["state"] != "FUNDED":
        raise StepFailed(f"project {project['state']}, not FUNDED")
    story.say("    项目阶段 → 预算落实 [R102-20]")
    story.facts["line_id"] = line["id"]


def next_year(story: Story, year: int) -> None:
    """The next year's line, allocated in January; the pledge is honoured by itself."""
    yearly = story.facts["yearly"]
    line = story.create("planner", "budget-lines", {
        "title": "城市维护服务经费", "year": year, "source": "GENERAL", "level": "CITY", "function_class": "2120501",
        "economic_class": "30227", "item": story.facts["item_id"], "requested": f"{yearly}.00",
    }, f"申报 {year} 年预算指标", "DRAFTED")  # fmt: skip
    story.act("head", "budget-lines", line["id"], "submit", what="申报预算", state="SUBMITTED")
    story.act("finance_head", "budget-lines", line["id"], "allocate", {"approval_document": f"赣江财预〔{year}〕1号"},
              "下达预算，承诺兑现", "ALLOCATED", "R1787-04")  # fmt: skip
