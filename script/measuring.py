"""Measures pages against their floors through one server, by turns in the same run. Run by `script/bench`."""
from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from script import measuring_plans
from script.children import PYTHON
from script.measured import WARM_UP, Row, Visitor, fresh_portal, manage, served, stand

ROWS = (
    Row("front page with figures", "/", "", "/floor/bare/"),
    Row("public tender list", "/tenders/", "", "/floor/bare/"),
    Row("workbench", "/workbench/", "head", "/floor/session/"),
    Row("project page", "/projects/{project}/", "head", "/floor/session/"),
    Row("project list", "/projects/", "head", "/floor/bare/"),
    Row("plan list", "/plans/", "head", "/floor/bare/"),
    Row("budget list", "/budgets/", "head", "/floor/bare/"),
    Row("review queue", "/reviews/waiting/", "finance_officer", "/floor/bare/"),
    Row("search", "/search/?q=%E6%9C%8D%E5%8A%A1", "head", "/floor/bare/"),
    Row("API list", "/api/v1/projects/", "token:head", "/floor/bare/json/"),
)


def measure(rows: tuple[Row, ...], port: int, project: str, rounds: int) -> list[dict]:
    visitors = {person: Visitor(port, person) for person in {row.person for row in rows}}
    times: dict[str, tuple[list[float], list[float]]] = {row.name: ([], []) for row in rows}
    for number in range(rounds + WARM_UP):
        for row in rows:
            visitor = visitors[row.person]
            taken = visitor.time(row.path.format(project=project)), visitor.time(row.floor)
            if number >= WARM_UP:
                for series, value in zip(times[row.name], taken, strict=True):
                    series.append(value)
    results = []
    for row in rows:
        page, floor = (statistics.median(series) for series in times[row.name])
        results.append({"row": row.name, "floor": row.floor, "ms": round(page, 2), "floor_ms": round(floor, 2),
                        "ratio": round(page / floor, 2)})  # fmt: skip
    return results


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--projects", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--postgresql", action="store_true", help="measure on a throw-away PostgreSQL instead of SQLite")
    parser.add_argument("--workbook", type=int, metavar="N", help="measure a plan workbook of N items instead of pages")
    parser.add_argument("--plans", type=int, metavar="N", help="measure plans and budgets with 1,000 and with N items")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--portal", type=Path, help="measure what `manage.py simulate` has filled already: its PORTAL_VAR")
    parser.add_argument("--project", help="with --portal: number of the project whose page is measured")
    parser.add_argument("--work", action="store_true", help="measure the work behind pages too: record, workbook, search, papers")
    parser.add_argument("--pages", default="20,100", help="with --work: pages of the registers that are set")
    parser.add_argument("--queries", action="store_true", help="compare the queries of every list with 100 and N projects")
    options = parser.parse_args()
    var = Path(tempfile.mkdtemp(prefix="portal-bench-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        if options.plans:
            return measuring_plans.run(stack, var, options)
        if options.workbook:
            env = fresh_portal(stack, var, options.postgresql)
            print(manage(env, "bench_workbook", "--items", str(options.workbook)).splitlines()[-1])
            return 0
        if options.queries:
            return compare_queries(stack, var, options)
        env, project = (stand(options.portal), options.project) if options.portal else filled(stack, var, options)
        port = served(stack, env, var / "web.log")
        results = measure(ROWS, port, project, options.rounds)
        if options.work:
            results = with_statements(results + work_behind(env, options))
        on_postgresql = "DATABASE_URL" in env
    database = "PostgreSQL" if on_postgresql else "SQLite"
    if options.json:
        print(json.dumps({"database": database, "projects": options.projects, "rounds": options.rounds, "rows": results}))
    else:
        where = f"what {options.portal} holds" if options.portal else f"{options.projects} projects"
        print(f"{database}, {where}, median of {options.rounds} interleaved rounds")
        for each in results:
            more = ", ".join(f"{name} {value}" for name, value in list(each.items())[5:])
            floor = f"{each['floor']:17} {each['floor_ms']:9.2f} ms"
            print(f"  {each['row']:22} {each['ms']:9.2f} ms   {floor}   × {each['ratio']:.2f}   {more}")
    return 0


def with_statements(results: list[dict]) -> list[dict]:
    """The search is held against the floor and one and a half times its own statements, once these have been measured."""
    *pages, statements = [each for each in results if each["row"] == "search"]
    for page in pages:
        floor = page["floor_ms"] + 1.5 * statements["sql_ms"]
        page |= {"floor": "bare + 1.5 SQL", "floor_ms": round(floor, 2), "ratio": round(page["ms"] / floor, 2)}
        page |= {name: statements[name] for name in ("queries", "sql_ms")}
    return [each for each in results if each is not statements]


def work_behind(env: dict[str, str], options: argparse.Namespace) -> list[dict]:
    """What `portal.bench_work` finds, in a process of its own."""
    command = [PYTHON, "-m", "portal.bench_work", str(options.rounds), options.pages]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return [json.loads(line) for line in done.stdout.splitlines()]


def filled(stack: ExitStack, var: Path, options: argparse.Namespace) -> tuple[dict[str, str], str]:
    """A portal filled for this measurement, and the number of its first project."""
    env = fresh_portal(stack, var, options.postgresql)
    return env, manage(env, "simulate", "--until", "tender", "--projects", str(options.projects)).splitlines()[-1]


def compare_queries(stack: ExitStack, var: Path, options: argparse.Namespace) -> int:
    """Queries of every list with few and with many rows; 1 when a list asks more because there is more."""
    found, projects = [], options.projects
    for size in (100, projects):
        env = fresh_portal(stack, var / str(size), options.postgresql)
        manage(env, "simulate", "--regions", "0", "--projects", str(size))
        found.append(json.loads(manage(env, "query_counts")))
    few, many = found
    grown = [f"{name}: {count} → {many.get(name)}" for name, count in few.items() if many.get(name) != count]
    print(f"{len(few)} lists, at most {max(few.values())} queries; 100 → {projects} projects: {len(grown)} differ")
    print("\n".join(f"  {line}" for line in grown))
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
