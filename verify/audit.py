#!/usr/bin/env python3
"""Verify an exported record without the portal: Python's standard library alone.

    python3 verify/audit.py record.jsonl [--checkpoint DIGEST]

The file holds one JSON object a line: a header, the chains, their entries in order, the checkpoints. Every entry's
digest is taken over its own content and the digest of the entry before it; a checkpoint seals the heads of all chains
that grew. An entry its exporter may not read is `withheld`: place and digests stand there, the content does not, so
the chain through it can be checked and its content cannot; their number is printed. Exits 0 when everything fits,
else 1 and names each place. A checkpoint digest that was noted earlier (printed, published) can be given: it must be
found in the file.
"""
import argparse
import hashlib
import json
import sys

GENESIS = "0" * 64
NOT_COVERED = {"type", "digest"}


def canonical(content):
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def verify(lines, algorithm_override=None):
    """Yield (chain, seq, what) for every place that does not fit."""
    algorithm = "sha256"
    chains, ends, digests = {}, {}, {}
    checkpoint_head, checkpoint_number = GENESIS, 0
    for line in lines:
        if not line.strip():
            continue
        row = json.loads(line)
        kind = row["type"]
        if kind == "header":
            algorithm = algorithm_override or row["digest"]
        elif kind == "chain":
            chains[row["key"]] = row
        elif kind in ("entry", "checkpoint"):
            content = {key: value for key, value in row.items() if key not in NOT_COVERED}
            fits = row.get("withheld") or hashlib.new(algorithm, canonical(content)).hexdigest() == row["digest"]
            if kind == "entry":
                seq, head = ends.get(row["chain"], (0, GENESIS))
                if row["seq"] != seq + 1:
                    yield row["chain"], seq + 1, "entry missing or out of order"
                elif row["previous"] != head:
                    yield row["chain"], row["seq"], "does not follow the entry before it"
                if not fits:
                    yield row["chain"], row["seq"], "content altered"
                ends[row["chain"]] = (row["seq"], row["digest"])
                digests[row["chain"], row["seq"]] = row["digest"]
            else:
                if row["number"] != checkpoint_number + 1 or row["previous"] != checkpoint_head:
                    yield "checkpoint", checkpoint_number + 1, "checkpoint missing or out of order"
                if not fits:
                    yield "checkpoint", row["number"], "checkpoint altered"
                for key, count, head in row["heads"]:
                    if digests.get((key, count)) != head:
                        yield key, count, f"differs from what checkpoint {row['number']} sealed"
                checkpoint_head, checkpoint_number = row["digest"], row["number"]
    for key, chain in chains.items():
        seq, head = ends.get(key, (0, GENESIS))
        if seq < chain["count"]:
            yield key, seq + 1, "last entries removed"
        elif seq > chain["count"] or head != chain["head"]:
            yield key, seq, "head of the chain differs from its last entry"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--checkpoint", help="digest of a checkpoint noted earlier; must be in the file")
    options = parser.parse_args()
    with open(options.file, encoding="utf-8") as file:
        damages = list(verify(file))
    with open(options.file, encoding="utf-8") as file:
        known = options.checkpoint is None or any(
            row["type"] == "checkpoint" and row["digest"] == options.checkpoint for row in map(json.loads, file)
        )
    for chain, seq, what in damages:
        print(f"{chain}#{seq}: {what}")
    if not known:
        print(f"checkpoint {options.checkpoint} is not in the file")
    with open(options.file, encoding="utf-8") as file:
        withheld = sum(1 for line in file if line.strip() and json.loads(line).get("withheld"))
    if withheld:
        print(f"{withheld} entries withheld: linked, content not in the file")
    sound = not damages and known
    print("sound" if sound else "damaged")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
