"""`scripts/bench quality`: how well boosted trees predict real records, against XGBoost on the same folds."""

import os
import pathlib
import shutil
import sys
import time

import numpy
import xgboost

from common import options, say, show, use_cores
from federation import Failure
from quality_sets import FOLDS, SETS, DataSet, Records
from quality_statistics import auc, corrected, naive
from quality_trees import BINS, DEPTH, ETA, KONSIL, LAMBDA, LEAST_COUNT, ROUNDS, XGBOOST, Repeat

# A set of fewer rows is reported and not judged.
JUDGED_ROWS = 1000
BOUND = -0.005
DIFFERENCES = [
    ("konsil", "xgboost"), ("konsil", "xgboost_own_cuts"), ("joined", "konsil"), ("joined", "xgboost"),
    ("bins_64", "konsil"), ("bins_64", "xgboost"), ("bits_16", "xgboost"), ("xgboost_own_cuts", "xgboost"),
]
KINDS = [*KONSIL, "xgboost", "xgboost_own_cuts"]
LABELS = {
    "konsil": "konsil", "joined": f"konsil, rows_per_bin {KONSIL['joined']['rows-per-bin']}",
    "bins_64": f"konsil, max_bin {KONSIL['bins_64']['bins']}",
    "bits_16": f"konsil, gradient_bits {KONSIL['bits_16']['gradient-bits']}", "xgboost": "XGBoost, konsil's bins",
    "xgboost_own_cuts": "XGBoost, its own bins",
}


def measure(data: DataSet, folder: pathlib.Path, program: pathlib.Path, scratch: pathlib.Path, repeats: int) -> dict:
    records = Records.read(data, folder)
    began = time.perf_counter()
    found = {name: numpy.empty((repeats, FOLDS)) for name in KINDS}
    left_out = 0
    for seed in range(1, repeats + 1):
        repeat = Repeat(records, seed, program, scratch)
        for name, scores in repeat.scores().items():
            for fold in range(FOLDS):
                inside = repeat.fold == fold
                found[name][seed - 1, fold] = auc(records.outcome[inside], scores[inside])
        left_out = max(left_out, *repeat.told["left_out"])
        last = found["konsil"][seed - 1] - found["xgboost"][seed - 1]
        say(f"{data.name}: repeat {seed} of {repeats}: {last.mean():+.4f}, {time.perf_counter() - began:.0f} s")
    return {
        "judged": records.rows >= JUDGED_ROWS, "rows": records.rows, "variables": len(records.kinds),
        "variables_left_out": left_out, "sites": records.sites, "prevalence": float(records.outcome.mean()),
        "seconds": time.perf_counter() - began,
        "auc": {name: float(values.mean()) for name, values in found.items()},
        "differences": {f"{a}-{b}": difference(found[a] - found[b]) for a, b in DIFFERENCES},
    }


def difference(values: numpy.ndarray) -> dict:
    """Args:
        values: repeats by folds.
    """
    return {
        "mean": float(values.mean()), **corrected(values, 1 / (FOLDS - 1)), "naive": naive(values),
        "deviation_of_folds": float(values.std(ddof=1)), "repeats": [float(value) for value in values.mean(axis=1)],
    }


def text(result: dict) -> str:
    lines = [
        f"quality: AUC, mean over {result['repeats']} x {FOLDS} folds; {ROUNDS} trees, depth {DEPTH}, eta {ETA}, "
        f"lambda {LAMBDA:g}, {BINS} bins, least count {LEAST_COUNT}, XGBoost {result['xgboost']}",
        f"build configuration: {result['configuration']}",
    ]
    for name, one in result["sets"].items():
        lines += [
            "", f"{name}: {one['rows']:,} rows x {one['variables']} variables, {one['sites']} sites, "
            f"{one['seconds']:.0f} s" + ("" if one["judged"] else "; not judged"),
            *(f"  {LABELS[kind]:28} {value:.4f}" for kind, value in one["auc"].items()),
            f"  {'difference':28}   mean    95 % interval        as if repeats were new records",
        ]
        for pair, found in one["differences"].items():
            plain = found["naive"]
            shown = f"{plain['lower']:+.4f} to {plain['upper']:+.4f}" if plain else "-"
            lines.append(
                f"  {pair:28} {found['mean']:+.4f}  {found['lower']:+.4f} to {found['upper']:+.4f}   {shown}")
    lines += ["", f"  least_lower  {result['least_lower']:+.4f}  above {BOUND}"]
    return "\n".join(lines)


def main() -> int:
    arguments = options("quality", repeats=20)
    folder = pathlib.Path(os.environ.get("KONSIL_DATA", "../shared/data"))
    lacking = [data.file for data in SETS if not (folder / data.name / data.file).exists()]
    if lacking:
        print(
            f"error: {folder} has no {', '.join(lacking)}; name the folder of the data sets in KONSIL_DATA",
            file=sys.stderr)
        return 1
    cores = use_cores()
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    program = arguments.programs / "konsil-bench"
    try:
        found = {
            data.name: measure(data, folder, program, arguments.folder, arguments.repeats) for data in SETS}
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(arguments.folder, ignore_errors=True)
    judged = [one["differences"]["konsil-xgboost"]["lower"] for one in found.values() if one["judged"]]
    result = {
        "least_lower": min(judged), "bound": BOUND, "configuration": arguments.configuration, "cores": cores,
        "repeats": arguments.repeats, "folds": FOLDS, "xgboost": xgboost.__version__, "rounds": ROUNDS,
        "parameters": XGBOOST, "least_count": LEAST_COUNT, "bins": BINS, "sets": found,
    }
    show("quality", result, text(result), arguments.json)
    return 0


sys.exit(main())
