"""Plans and budgets with few and with many items, each row against its floor and its aim, by turns in the same run."""
from __future__ import annotations

import argparse
import json
import statistics
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from script.children import PYTHON
from script.measured import WARM_UP, Row, Visitor, fresh_portal, manage, served, stand

FEW = 1_000
#: The shape of a province: 50,000 items of 3,000 agencies in twelve years; fewer items are of as many fewer agencies.
ITEMS_AN_AGENCY = 50_000 / 3_000
YEARS, REGIONS = 12, 111
LIST, GROWTH, BUDGET, WORKBOOK = 3, 1.3, 1, 3
WORKBOOK_ITEMS = 10_000

LISTS = (
    Row("plan list of an agency", "/plans/", "head", "/floor/bare/"),
    Row("plan list of a region", "/plans/", "finance_officer", "/floor/bare/"),
    Row("plan list of the public", "/plans/", "", "/floor/bare/"),
    Row("review queue", "/reviews/waiting/", "finance_officer", "/floor/bare/"),
)
BUDGETS = (
    Row("budget use, agency", "/budgets/use/", "head", "/floor/session/"),
    Row("budget use, region", "/budgets/use/", "finance_officer", "/floor/session/"),
    Row("budget lines, region", "/budgets/", "finance_officer", "/floor/session/"),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One row: what it took, its floor, the aim for their ratio; `few_ms`: the same page where there is little."""

    name: str
    ms: float
    floor: str
    floor_ms: float
    aim: float
    few_ms: float = 0
    memory_mb: int = 0
    most_mb: int = 0
    note: str = ""

    @property
    def ratio(self) -> float:
        return round(self.ms / self.floor_ms, 2)

    @property
    def growth(self) -> float | None:
        return round(self.ms / self.few_ms, 2) if self.few_ms else None

    @property
    def missed(self) -> list[str]:
        """What it does not reach, in words; nothing: it is met."""
        found = []
        if self.aim and self.ratio > self.aim:
            found.append(f"× {self.ratio} of {self.aim}")
        if self.growth and self.growth > GROWTH:
            found.append(f"grows × {self.growth} of {GROWTH}")
        if self.most_mb and self.memory_mb > self.most_mb:
            found.append(f"{self.memory_mb} of {self.most_mb} MB")
        return found

    @property
    def line(self) -> str:
        parts = [f"  {self.name:26} {self.ms:10.2f} ms   {self.floor:24} {self.floor_ms:10.2f} ms   × {self.ratio:<6}"]
        parts += [f"few {self.few_ms:.2f} ms, grows × {self.growth}"] if self.growth else []
        parts += [f"{self.memory_mb} MB"] if self.memory_mb else []
        parts += [self.note] if self.note else []
        return f"{'  '.join(parts)}   {'missed: ' + ', '.join(self.missed) if self.missed else 'met'}"


def run(stack: ExitStack, var: Path, options: argparse.Namespace) -> int:
    """Prints every row with its verdict; 1 when one misses its aim."""
    few = filled(stack, var / "few", FEW, options)
    many = stand(options.portal) if options.portal else filled(stack, var / "many", options.plans, options)
    ports = [served(stack, env, var / f"{name}.log") for name, env in (("few", few), ("many", many))]
    taken = timed((*LISTS, *BUDGETS), *ports, options.rounds)
    work = work_behind(many, options.rounds)
    rows = [*lists_of(taken), *budgets_of(taken, work), *(behind(each) for each in work if "floor_ms" in each), workbook_of(few)]
    database = "PostgreSQL" if "DATABASE_URL" in many else "SQLite"
    where = f"what {options.portal} holds" if options.portal else f"{options.plans:,} items"
    if options.json:
        named = [{"row": row.name, "ms": row.ms, "floor": row.floor, "floor_ms": row.floor_ms, "ratio": row.ratio, "aim": row.aim,
                  "growth": row.growth, "memory_mb": row.memory_mb, "note": row.note, "missed": row.missed} for row in rows]  # fmt: skip
        print(json.dumps({"database": database, "items": options.plans, "rounds": options.rounds, "rows": named}, ensure_ascii=False))
    else:
        print(f"{database}, {where}, few: {FEW:,} items; median of {options.rounds} interleaved rounds")
        print("\n".join(row.line for row in rows))
    return 1 if any(row.missed for row in rows) else 0


def filled(stack: ExitStack, var: Path, items: int, options: argparse.Namespace) -> dict[str, str]:
    """A portal with so many plan items: one made by its verbs as far as its budget, copied over agencies and years."""
    env = fresh_portal(stack, var, options.postgresql)
    agencies = max(20, round(items / ITEMS_AN_AGENCY))
    manage(env, "simulate", "--until", "budget", "--projects", str(items), "--agencies", str(agencies), "--years", str(YEARS),
           "--regions", str(min(REGIONS, agencies // 10)), "--suppliers", "20")  # fmt: skip
    return env


def timed(rows: tuple[Row, ...], few: int, many: int, rounds: int) -> dict[str, tuple[float, float, float]]:
    """Median milliseconds of each page with many items, of its floor there, and of the page with few."""
    visitors = {(port, person): Visitor(port, person) for port in (few, many) for person in {row.person for row in rows}}
    series: dict[str, tuple[list[float], ...]] = {row.name: ([], [], []) for row in rows}
    for number in range(rounds + WARM_UP):
        for row in rows:
            one, other = visitors[many, row.person], visitors[few, row.person]
            for values, value in zip(series[row.name], (one.time(row.path), one.time(row.floor), other.time(row.path)), strict=True):
                if number >= WARM_UP:
                    values.append(value)
    return {name: tuple(round(statistics.median(values), 2) for values in each) for name, each in series.items()}


def lists_of(taken: dict[str, tuple[float, float, float]]) -> list[Measured]:
    """Lists, held against the bare floor and against themselves where there is little."""
    return [Measured(row.name, page, "bare", floor, LIST, few) for row in LISTS for page, floor, few in [taken[row.name]]]


def budgets_of(taken: dict[str, tuple[float, float, float]], work: list[dict]) -> list[Measured]:
    """Pages of budgets, held against the session floor and twice the statements that they show something of."""
    statements = {each["row"]: each for each in work if "sql_ms" in each}
    found = []
    for row in BUDGETS:
        page, floor, _few = taken[row.name]
        own = statements[row.name]
        note = f"{own['queries']} statements, {own['sql_ms']} ms"
        found.append(Measured(row.name, page, "session + 2 SQL", round(floor + 2 * own["sql_ms"], 2), BUDGET, note=note))
    return found


def behind(found: dict) -> Measured:
    """A row of work behind the pages as it was told."""
    return Measured(found["row"], found["ms"], found["floor"], found["floor_ms"], found["aim"], memory_mb=found.get("memory_mb", 0),
                    most_mb=found.get("most_mb", 0), note=found.get("note", ""))  # fmt: skip


def workbook_of(env: dict[str, str]) -> Measured:
    """A workbook of ten thousand items, previewed, against the library reading its cells."""
    found = json.loads(manage(env, "bench_workbook", "--items", str(WORKBOOK_ITEMS)).splitlines()[-1])
    note = f"committed with {found['write_lock_s']} s of write lock"
    return Measured(f"workbook of {found['items']:,} items", found["preview_s"] * 1000, "openpyxl reading", found["bare_s"] * 1000,
                    WORKBOOK, note=note)  # fmt: skip


def work_behind(env: dict[str, str], rounds: int) -> list[dict]:
    """What `portal.bench_plans` finds, in a process of its own."""
    done = subprocess.run([PYTHON, "-m", "portal.bench_plans", str(rounds)], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return [json.loads(line) for line in done.stdout.splitlines()]
