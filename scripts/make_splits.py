"""Writes Tests/Fixtures/trees/splits.json: trees that XGBoost grows where its choices are exactly known.

Values are whole numbers, each a bin of its own, and there is one round, whose gradients are whole or halves, so that no
rounding decides a split. With the interpreter that scripts/check-xgboost installs:

    .venv/bin/python scripts/make_splits.py
"""

import json
import pathlib
import random

import numpy
import xgboost

OUT = pathlib.Path(__file__).parent.parent / "Tests" / "Fixtures" / "trees" / "splits.json"
ROWS = 300
# The number of values of each feature.
VALUES = [2, 5, 9, 20, 40]

CASES = [
    ("reg:squarederror", {"max_depth": 4}),
    ("reg:squarederror", {"max_depth": 6, "lambda": 0, "min_child_weight": 5}),
    ("reg:squarederror", {"max_depth": 5, "alpha": 3, "gamma": 10}),
    ("reg:squarederror", {"max_depth": 5, "max_delta_step": 1, "base_score": 8}),
    ("binary:logistic", {"max_depth": 4}),
    ("binary:logistic", {"max_depth": 6, "lambda": 2, "min_child_weight": 3}),
    ("binary:logistic", {"max_depth": 5, "alpha": 1, "gamma": 0.5}),
    ("binary:logistic", {"max_depth": 5, "monotone_constraints": [1, 0, -1, 0, 1]}),
]


def drawn(generator, is_binary, has_missing):
    columns = [[generator.randrange(values) for _ in range(ROWS)] for values in VALUES]
    outcome = []
    for row in range(ROWS):
        effect = columns[0][row] + columns[1][row] - abs(columns[2][row] - 4) + (columns[3][row] > 12)
        effect += generator.gauss(0, 2)
        outcome.append(int(effect > 1) if is_binary else round(min(max(effect + 8, 0), 20)))
    if has_missing:
        for column in columns[1:4]:
            for row in generator.sample(range(ROWS), ROWS // 6):
                column[row] = None
    return columns, outcome


def nodes_of(booster, columns):
    """In XGBoost's order: where no row of a node lacks its variable, its way for missing values is not told."""
    tree = json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"][0]
    rows = {0: list(range(ROWS))}
    nodes = []
    for node, left in enumerate(tree["left_children"]):
        if left < 0:
            nodes.append({"value": tree["base_weights"][node], "rows": len(rows[node])})
            continue
        feature, cut = tree["split_indices"][node], tree["split_conditions"][node]
        goes_left = bool(tree["default_left"][node])
        column = columns[feature]
        lacks = [row for row in rows[node] if column[row] is None]
        first = [row for row in rows[node] if (goes_left if column[row] is None else column[row] < cut)]
        rows[left], rows[left + 1] = first, [row for row in rows[node] if row not in set(first)]
        assert tree["right_children"][node] == left + 1
        nodes.append({
            "feature": feature, "below": cut, "missing": ("left" if goes_left else "right") if lacks else None,
            "left": left})
    return nodes


def case(number, objective, parameters):
    generator = random.Random(number)
    is_binary = objective == "binary:logistic"
    columns, outcome = drawn(generator, is_binary, number % 2 == 1)
    matrix = numpy.array(columns, dtype=float).T
    parameters = dict(parameters)
    base = parameters.pop("base_score", 0.5 if is_binary else 0)
    settings = {
        "objective": objective, "tree_method": "hist", "eta": 1, "base_score": base, "max_bin": 64, "nthread": 1,
        **parameters}
    if "monotone_constraints" in settings:
        settings["monotone_constraints"] = tuple(settings["monotone_constraints"])
    booster = xgboost.train(settings, xgboost.DMatrix(matrix, label=outcome), num_boost_round=1)
    return {
        "objective": objective, "base_score": base, "parameters": parameters, "columns": columns,
        "outcome": outcome, "nodes": nodes_of(booster, columns)}


def main():
    cases = [case(number, *each) for number, each in enumerate(CASES)]
    text = ",\n".join(json.dumps(each, separators=(",", ":")) for each in cases)
    OUT.write_text(f'{{"xgboost": "{xgboost.__version__}", "cases": [\n{text}\n]}}\n')
    print(f"{OUT.name}: {sum(len(each['nodes']) for each in cases)} nodes")


if __name__ == "__main__":
    main()
