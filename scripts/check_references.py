"""Makes every file of Tests/Fixtures/references again from the real records and the plans of
protocols/studies/real, and compares the numbers.

    scripts/check-references             compare
    scripts/check-references --write     write the files anew
"""

import json
import math
import pathlib
import sys

from references import baselines, design, fits, records, refusals

TOP = pathlib.Path(__file__).parent.parent
FOLDER = TOP / "Tests" / "Fixtures" / "references"
STUDIES = TOP / "protocols" / "studies" / "real"
# Of rounding between machines; of an estimate, relative to its size.
TOLERANCE = 1e-7


def reference(path, tables):
    plan = design.document(path)
    study = plan["study"]["name"]
    built = design.Design(plan, design.document(STUDIES / f"{study}.yaml"), tables[study])
    facts = {
        "plan": str(path.relative_to(TOP)), "made_with": "scripts/check-references --write",
        "rows": len(built.outcome), "events": int(built.outcome.sum()),
        "rows_by_site": {site: int(rows) for site, rows in built.records.site.value_counts().sort_index().items()},
    }
    if plan["name"] in refusals.REFUSED:
        return facts | {"refused_for": refusals.reason(built)}
    return facts | fits.estimate(built) | fits.cross_validation(built) | {"baseline": baselines.of(study)}


def same(one, other):
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-9)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def main() -> int:
    data, arguments = sys.argv[1], sys.argv[2:]
    tables = {}
    for study, read in records.STUDIES.items():
        try:
            tables[study] = read(data)
        except FileNotFoundError as error:
            print(f"{study}: not checked, {error.filename} is not there")
    wrong, count = [], 0
    for path in sorted(STUDIES.glob("*.plan.yaml")):
        plan = design.document(path)
        # Knots at federated quantiles are known only after a run.
        if plan["study"]["name"] not in tables or "spline" in path.read_text():
            continue
        count += 1
        computed = reference(path, tables)
        target = FOLDER / f"{plan['name']}.json"
        if "--write" in arguments:
            target.write_text(json.dumps(computed, indent=1, ensure_ascii=False) + "\n")
        elif not target.exists() or not same(json.loads(target.read_text()), computed):
            wrong.append(target.name)
    for name in wrong:
        print(f"{FOLDER.name}/{name} is not what the other programs give", file=sys.stderr)
    print(f"{count - len(wrong)} of {count} files of reference numbers are as the other programs give them")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
