#!/usr/bin/env python3
"""Compute a ranking again from the published scoring data, with Python alone and nothing of the portal.

    python3 verify/award.py "2026-0001 评分数据.json"

Prints every figure it finds to the digit and ends with 0. Where a published figure does not follow from the published
inputs, or the file was changed, it names the place and ends with 1; with 2 when the file cannot be read.

What is computed (财政部令第87号 article 55 and 57): price score = lowest compared price / compared price x points, where the
compared price is the price less the deduction for small firms; each other factor is the mean over all members; the
total is their sum; ranking by total, then by the price as bid, equal ones parallel (1, 1, 3). Fractions throughout,
rounded half up to two places only where a figure is printed.
"""
import hashlib
import json
import sys
from fractions import Fraction

FORMAT = "portal-award-1"


def printed(value):
    """Two places, half up."""
    scaled = value * 100
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return f"{whole // 100}.{whole % 100:02d}"


def number(text):
    return Fraction(str(text))


def digest_of(data):
    """SHA-256 over the file's content without its own digest: keys sorted, no spaces, UTF-8."""
    rest = {key: value for key, value in data.items() if key != "digest"}
    return hashlib.sha256(json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def compute(data):
    """Results by bid number, from the inputs alone."""
    judged = [factor for factor in data["factors"] if not factor["price"]]
    priced = [factor for factor in data["factors"] if factor["price"]]
    compared = {
        bid["bid"]: number(bid["price"]) * (100 - number(bid["deduction_percent"])) / 100 for bid in data["bids"]
    }
    benchmark = min(compared.values())
    sheets = [{(row["bid"], row["factor"]): number(row["points"]) for row in sheet["scores"]} for sheet in data["sheets"]]
    rows = []
    for bid in data["bids"]:
        key = bid["bid"]
        means = {factor["factor"]: sum(sheet[key, factor["factor"]] for sheet in sheets) / len(sheets) for factor in judged}
        price = sum((benchmark / compared[key] * number(factor["points"]) for factor in priced), Fraction(0))
        rows.append({"bid": key, "price": number(bid["price"]), "compared": compared[key], "price_score": price, "means": means,
                     "total": price + sum(means.values(), Fraction(0))})
    keys = sorted((-row["total"], row["price"]) for row in rows)
    for row in rows:
        row["rank"] = keys.index((-row["total"], row["price"])) + 1
    return {row["bid"]: row for row in rows}


def faults_of_inputs(data):
    """Inputs that cannot be: points outside the factor's, a score missing or given twice, weights that are not 100."""
    points = {factor["factor"]: number(factor["points"]) for factor in data["factors"]}
    if sum(points.values()) != 100:
        yield "factors", "100", printed(sum(points.values()))
    wanted = {(bid["bid"], factor["factor"]) for bid in data["bids"] for factor in data["factors"] if not factor["price"]}
    for sheet in data["sheets"]:
        places = [(row["bid"], row["factor"]) for row in sheet["scores"]]
        for place in sorted(wanted - set(places)):
            yield f"seat {sheet['seat']}, bid {place[0]}, factor {place[1]}", "a score", "none"
        for row in sheet["scores"]:
            place = f"seat {sheet['seat']}, bid {row['bid']}, factor {row['factor']}"
            if places.count((row["bid"], row["factor"])) > 1:
                yield place, "one score", "several"
            if not 0 <= number(row["points"]) <= points.get(row["factor"], Fraction(-1)):
                yield place, f"0 to {points.get(row['factor'], 0)}", row["points"]


def faults_of_results(data):
    """Published figures that do not follow from the inputs: place, computed, published."""
    results = compute(data)
    published = {row["bid"]: row for row in data["results"]}
    if set(published) != set(results):
        yield "results", sorted(results), sorted(published)
        return
    names = {factor["factor"]: factor["name"] for factor in data["factors"]}
    for key, row in results.items():
        said = published[key]
        place = f"bid {key} {said['supplier']}"
        figures = [
            ("price", printed(row["price"]), printed(number(said["price"]))),
            ("compared price", printed(row["compared"]), said["compared_price"]),
            ("price score", printed(row["price_score"]), said["price_score"]),
            ("price score (exact)", str(row["price_score"]), said["price_score_exact"]),
            ("total", printed(row["total"]), said["total"]), ("total (exact)", str(row["total"]), said["total_exact"]),
            ("rank", row["rank"], said["rank"]),
        ]
        said_means = {mean["factor"]: mean for mean in said["factors"]}
        for factor, mean in row["means"].items():
            told = said_means.get(factor, {})
            figures.append((f"mean of {names[factor]}", printed(mean), told.get("mean")))
            figures.append((f"mean of {names[factor]} (exact)", str(mean), told.get("mean_exact")))
        for name, computed, found in figures:
            if computed != found:
                yield f"{place}: {name}", computed, found
    yield from faults_of_award(data, results)


def faults_of_award(data, results):
    """The winner's bid, price and rank are those of the ranking."""
    award = data["award"]
    bid = next((row for row in data["bids"] if row["code"] == award["code"]), None)
    if bid is None:
        yield "award", "one of the bids", award["code"]
        return
    if number(bid["price"]) != number(award["price"]):
        yield "award: price", bid["price"], award["price"]
    if results[bid["bid"]]["rank"] != award["rank"]:
        yield "award: rank", results[bid["bid"]]["rank"], award["rank"]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__)
        return 2
    try:
        with open(arguments[0], encoding="utf-8") as file:
            data = json.load(file)
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r} is not {FORMAT!r}")
        faults = list(faults_of_inputs(data))
        faults += [] if faults else list(faults_of_results(data))
        if data["digest"] != digest_of(data):
            faults.append(("digest of the file", digest_of(data), data["digest"]))
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        print(f"cannot read {arguments[0]}: {type(error).__name__}: {error}")
        return 2
    for place, computed, found in faults:
        print(f"✗ {place}: computed {computed}, published {found}")
    if faults:
        return 1
    for row in sorted(compute(data).values(), key=lambda one: (one["rank"], one["bid"])):
        name = next(bid["supplier"] for bid in data["bids"] if bid["bid"] == row["bid"])
        print(f"{row['rank']}. {name}  price score {printed(row['price_score'])}  total {printed(row['total'])}")
    print(f"ranking of {data['tender']} holds: {len(data['sheets'])} sheets, {len(data['bids'])} bids, winner {data['award']['supplier']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
