"""Reads exported tree models with XGBoost and compares its predictions with ours.

    scripts/check-xgboost                       the models of Tests/Fixtures/trees
    scripts/check-xgboost --konsil PROGRAM      a model that the program trains, exports and predicts with
    scripts/check-xgboost MODEL.xgboost.json RECORDS.csv PREDICTIONS.csv
"""

import csv
import itertools
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
import xgboost

FIXTURES = pathlib.Path(__file__).parent.parent / "Tests" / "Fixtures"
FOLDER = FIXTURES / "trees"
STUDY = FIXTURES / "small-ibd"
# Of predictions: absolute up to 1, relative above it, since XGBoost adds leaves up in 32 bits.
TOLERANCE = 1e-6
# Of Shapley values, which are differences of XGBoost's 32-bit scores.
SHAP_TOLERANCE = 1e-5
# Columns of `konsil predict` that are no predictions.
OTHER_COLUMNS = {"simulated", "row", "filled"}


class Difference(Exception):
    pass


def booster(path):
    return xgboost.Booster(model_file=str(path))


def trees_of(path):
    return json.loads(path.read_text())["learner"]["gradient_booster"]["model"]["trees"]


def matrix(model, rows, exposures=None):
    margin = None if exposures is None else numpy.log(numpy.asarray(exposures))
    return xgboost.DMatrix(
        rows, feature_names=model.feature_names, feature_types=model.feature_types, enable_categorical=True,
        base_margin=margin)


def compare(what, ours, theirs, tolerance):
    ours, theirs = numpy.asarray(ours, float), numpy.asarray(theirs, float)
    if ours.shape != theirs.shape:
        raise Difference(f"{what}: {ours.shape} numbers, XGBoost has {theirs.shape}")
    greatest = float((abs(ours - theirs) / numpy.maximum(1, abs(ours))).max())
    # Written so that NaN fails.
    if not greatest <= tolerance:
        raise Difference(f"{what}: {greatest:.2g} apart, more than {tolerance:g}")
    return greatest


def cuts_of(path):
    """The cuts of each feature, by its place."""
    cuts = {}
    for tree in trees_of(path):
        nodes = zip(tree["left_children"], tree["split_type"], tree["split_indices"], tree["split_conditions"])
        for child, is_categorical, feature, cut in nodes:
            if child >= 0 and not is_categorical:
                cuts.setdefault(feature, set()).add(numpy.float32(cut))
    return cuts


def values_on_cuts(path, rows):
    """How many values of the rows are equal to a cut of their variable."""
    return sum(
        int(numpy.isin(rows[:, feature], list(cuts)).sum()) for feature, cuts in cuts_of(path).items())


def shapley(model, row, background):
    """Every coalition counted out: its variables from the row, the others from the background, in the mean."""
    count = len(row)
    mixed = []
    for coalition in itertools.product([False, True], repeat=count):
        mixed.append(numpy.where(coalition, row, background))
    scores = model.predict(matrix(model, numpy.concatenate(mixed)), output_margin=True).astype(float)
    worth = scores.reshape(2**count, len(background), -1).mean(axis=1)
    values = numpy.zeros((worth.shape[1], count))
    for place, coalition in enumerate(itertools.product([False, True], repeat=count)):
        size = sum(coalition)
        for player in range(count):
            if not coalition[player]:
                weight = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
                joined = place | 1 << (count - 1 - player)
                values[:, player] += weight * (worth[joined] - worth[place])
    return values


def check_fixture(path, rows, exposures):
    expected = json.loads(path.with_name(path.name.replace(".xgboost.", ".expected.")).read_text())
    model = booster(path)
    offsets = exposures if "exposure" in model.attributes() else None
    predictions = model.predict(matrix(model, rows, offsets)).reshape(len(rows), -1)
    apart = compare("predictions", expected["predictions"], predictions, TOLERANCE)
    background = rows[-expected["background_rows"]:]
    scores = model.predict(matrix(model, background), output_margin=True).reshape(len(background), -1)
    compare("the background's mean score", expected["background_score"], scores.mean(axis=0), SHAP_TOLERANCE)
    for row, contributions in enumerate(expected["contributions"]):
        counted = shapley(model, rows[row], background)
        compare(f"Shapley values of row {row + 1}", contributions, counted, SHAP_TOLERANCE)
    has_cover = any(any(tree["sum_hessian"]) for tree in trees_of(path))
    if has_cover == bool(numpy.isnan(model.predict(matrix(model, rows[:9]), pred_contribs=True)).any()):
        raise Difference("pred_contribs is not NaN without cover and a number with it")
    if not values_on_cuts(path, rows) or not numpy.isnan(rows).any():
        raise Difference("no value of the rows is on a cut, or none is missing")
    return summary(path, rows, apart)


def summary(path, rows, apart):
    missing = int(numpy.isnan(rows).sum())
    on_cuts = values_on_cuts(path, rows)
    return f"{len(rows)} rows, {apart:.1g} apart at most; {missing} values missing, {on_cuts} on a cut"


def fixtures():
    table = json.loads((FOLDER / "rows.json").read_text())
    numbers = [[math.nan if value is None else value for value in row] for row in table["rows"]]
    rows = numpy.array(numbers, numpy.float32)
    paths = sorted(FOLDER.glob("*.xgboost.json"))
    if not paths:
        raise Difference(f"{FOLDER} has no models")
    for path in paths:
        try:
            print(f"{path.name}: {check_fixture(path, rows, table['exposures'])}")
        except Difference as error:
            raise Difference(f"{path.name}: {error}") from None


def records(path, model):
    """The records' values of the model's features, levels as their places, and its exposures where it has some."""
    attributes = model.attributes()
    levels = {
        name: {level: place for place, level in enumerate(json.loads(attributes[f"levels of {name}"]))}
        for name in model.feature_names if f"levels of {name}" in attributes
    }

    def value(row, name):
        text = row[name].strip()
        if name in levels:
            return levels[name].get(text, math.nan)
        try:
            return float(text)
        except ValueError:
            return math.nan

    with open(path, newline="") as file:
        table = list(csv.DictReader(file))
    rows = numpy.array([[value(row, name) for name in model.feature_names] for row in table], numpy.float32)
    exposure = attributes.get("exposure")
    return rows, [value(row, exposure) for row in table] if exposure else None


def predicted(path):
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        # The first column is the row or the record's key, after that of a simulation.
        names = [name for name in reader.fieldnames if name not in OTHER_COLUMNS]
        table = list(reader)
    if "row" not in reader.fieldnames:
        names = names[1:]
    return [[float(row[name]) for name in names] for row in table]


def check_files(export, input_path, predictions_path, at_least=0):
    model = booster(export)
    rows, exposures = records(input_path, model)
    ours = predicted(predictions_path)
    theirs = model.predict(matrix(model, rows, exposures)).reshape(len(rows), -1)
    apart = compare("predictions", ours, theirs, TOLERANCE)
    export = pathlib.Path(export)
    if values_on_cuts(export, rows) < at_least or int(numpy.isnan(rows).sum()) < at_least:
        raise Difference("no value of the rows is on a cut, or none is missing")
    print(f"{export.name}: {summary(export, rows, apart)}")


def check_program(program):
    """Trains, exports and predicts with the program itself, on 1,000 rows some of whose values are missing and some of
    which are moved on a cut."""
    sites = ["luxembourg", "freiburg", "basel"]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)

        def konsil(*arguments):
            subprocess.run(
                [program, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

        konsil(
            "cohort", "simulate", "--study", STUDY / "ibd.yaml", "--sites", ",".join(sites), "--rows", "300,500,700",
            "--seed", "7", "--mess", "usual", "--out", folder / "records")
        konsil(
            "simulate", "--study", STUDY / "ibd.yaml", "--plan", STUDY / "ibd-trees.plan.yaml",
            "--out", folder / "result", "--site", *[f"{site}={folder / 'records' / site}.csv" for site in sites])
        model, export = folder / "result" / "model.json", folder / "model.xgboost.json"
        konsil("model", "export", "--file", model, "--format", "xgboost-json", "--out", export)
        write_rows(folder / "rows.csv", [folder / "records" / f"{site}.csv" for site in sites], export)
        konsil("predict", "--model", model, "--input", folder / "rows.csv", "--out", folder / "risk.csv")
        check_files(export, folder / "rows.csv", folder / "risk.csv", at_least=1)


def write_rows(path, records, export):
    draw = random.Random(1)
    tables = [list(csv.DictReader(open(file, newline=""))) for file in records]
    names = booster(export).feature_names
    rows = draw.sample([row for table in tables for row in table], 1000)
    for feature, cuts in cuts_of(export).items():
        name = names[feature]
        known = [float(row[name]) for row in rows if row[name]]
        # Of a binary variable a cut is no value.
        inside = sorted(cut for cut in cuts if min(known) <= cut <= max(known)) if set(known) - {0, 1} else []
        for row in rows:
            if inside and draw.random() < 0.1:
                row[name] = repr(float(draw.choice(inside)))
            elif draw.random() < 0.05:
                row[name] = ""
    with open(path, "w", newline="") as file:
        # Keys may stand there twice otherwise.
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def main() -> int:
    try:
        if len(sys.argv) == 3 and sys.argv[1] == "--konsil":
            check_program(sys.argv[2])
        elif len(sys.argv) == 4:
            check_files(*sys.argv[1:])
        elif len(sys.argv) == 1:
            fixtures()
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Difference as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"error: {error}\n{error.stderr.decode()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
