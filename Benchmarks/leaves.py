"""`scripts/bench leaves`: how many trees constant and linear leaves need for the same held-out score."""

import os
import pathlib
import shutil
import sys
import time

import numpy

from common import options, say, show, use_cores
from federation import Failure
from leaves_plot import plot
from leaves_sets import TRUTHS, drawn
from quality_sets import FOLDS, SETS, Records
from quality_statistics import auc, corrected
from quality_trees import BINS, LAMBDA, LEAST_COUNT, Repeat

TREES = 160
DEPTHS = [2, 4]
SHOWN = [5, 10, 20, 40, 80, 160]
KINDS = ["constant", "linear"]
PLAN = {"trees": TREES, "eta": 0.3, "rows-per-bin": 128, "linear-lambda": 1}
# Equal to constant leaves' best score is what is at most this part of the way from no tree to it worse.
TOLERANCE = 0.01
REAL = ["ibd-thiomon", "multi-gusto", "rd-glow-fracture"]


def errors(outcome: numpy.ndarray, scores: numpy.ndarray, is_binary: bool) -> numpy.ndarray:
    """Mean logarithmic loss, or the root of the mean squared error.

    Args:
        scores: stages by rows.
    """
    if is_binary:
        return (numpy.logaddexp(0, scores) - outcome * scores).mean(axis=1)
    return numpy.sqrt(((scores - outcome) ** 2).mean(axis=1))


def measure(records: Records, depth: int, program: pathlib.Path, scratch: pathlib.Path, repeats: int) -> dict:
    began = time.perf_counter()
    is_binary = set(numpy.unique(records.outcome)) <= {0, 1}
    found = {kind: numpy.empty((repeats, FOLDS, TREES + 1)) for kind in KINDS}
    scores: dict[str, list[tuple[numpy.ndarray, numpy.ndarray]]] = {kind: [] for kind in KINDS}
    told: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    stages = scratch / "stages.doubles"
    for seed in range(1, repeats + 1):
        repeat = Repeat(records, seed, program, scratch)
        for kind in KINDS:
            objective = "binary:logistic" if is_binary else "reg:squarederror"
            repeat.konsil(PLAN | {"depth": depth, "leaves": kind, "objective": objective, "stages": stages})
            told[kind].append(repeat.told)
            all_scores = numpy.fromfile(stages).reshape(TREES + 1, records.rows)
            scores[kind].append((repeat.fold, all_scores))
            for fold in range(FOLDS):
                inside = repeat.fold == fold
                found[kind][seed - 1, fold] = errors(records.outcome[inside], all_scores[:, inside], is_binary)
        say(f"{records.name}, depth {depth}: repeat {seed} of {repeats}, {time.perf_counter() - began:.0f} s")
    result = compared(found, told)
    if is_binary:
        result["auc_at_best"] = {
            kind: float(numpy.mean([
                auc(records.outcome[fold == part], staged[result["best_trees"][kind], fold == part])
                for fold, staged in scores[kind] for part in range(FOLDS)])) for kind in KINDS}
    return {
        "depth": depth, "score": "log loss" if is_binary else "RMSE", "rows": records.rows,
        "variables": len(records.kinds), "sites": records.sites, "seconds": time.perf_counter() - began} | result


def compared(found: dict[str, numpy.ndarray], told: dict[str, list[dict]]) -> dict:
    """Args:
        found: of each kind repeats by folds by stages.
        told: of each kind and repeat, what the program says.
    """
    curves = {kind: values.mean(axis=(0, 1)) for kind, values in found.items()}
    sent = {
        name: {kind: numpy.mean([one[name] for one in told[kind]], axis=0) for kind in KINDS}
        for name in ("steps", "site_bytes")}
    best = {kind: int(curve.argmin()) for kind, curve in curves.items()}
    goal = curves["constant"].min()
    goal += TOLERANCE * (curves["constant"][0] - goal)
    fewest = {
        kind: int(numpy.argmax(curve <= goal)) if (curve <= goal).any() else None for kind, curve in curves.items()}

    def ratio(of) -> float | None:
        """None where linear leaves do not come to the goal."""
        return None if fewest["linear"] is None else float(of("constant") / of("linear"))

    difference = found["linear"][..., best["linear"]] - found["constant"][..., best["constant"]]
    return {
        "goal": float(goal), "fewest_trees": fewest, "best_trees": best,
        "best": {kind: float(curve.min()) for kind, curve in curves.items()},
        "best_difference": {"mean": float(difference.mean()), **corrected(difference, 1 / (FOLDS - 1))},
        "trees_ratio": ratio(lambda kind: fewest[kind]),
        "steps_ratio": ratio(lambda kind: sent["steps"][kind][fewest[kind]]),
        "bytes_ratio": ratio(lambda kind: sent["site_bytes"][kind][fewest[kind]]),
        "site_bytes": {
            kind: None if at is None else float(sent["site_bytes"][kind][at]) for kind, at in fewest.items()},
        "bytes_of_a_tree": {
            kind: float((total[TREES] - total[0]) / TREES) for kind, total in sent["site_bytes"].items()},
        "curves": {kind: [float(value) for value in curve] for kind, curve in curves.items()},
    }


def text(result: dict) -> str:
    lines = [
        f"leaves: held-out score by trees, mean over {result['repeats']} x {FOLDS} folds; eta {PLAN['eta']}, "
        f"{BINS} bins, least count {LEAST_COUNT}, linear_lambda {PLAN['linear-lambda']}",
        f"build configuration: {result['configuration']}",
    ]
    for name, one in result["sets"].items():
        lines += [
            "", f"{name}: {one['rows']:,} rows x {one['variables']} variables, {one['sites']} sites, "
            f"{one['seconds']:.0f} s; {one['score']}",
            "     trees " + " ".join(f"{count:>8}" for count in SHOWN) + "      best (AUC)   trees   KiB a tree",
        ]
        for kind in KINDS:
            area = f" ({one['auc_at_best'][kind]:.4f})" if "auc_at_best" in one else ""
            lines.append(
                f"  {kind:8} " + " ".join(f"{one['curves'][kind][count]:8.4f}" for count in SHOWN)
                + f"  {one['best'][kind]:8.4f}{area:9} at {one['best_trees'][kind]:3} "
                f"{one['bytes_of_a_tree'][kind] / 1024:10.1f}")
        found = one["best_difference"]
        lines.append(
            f"  linear less constant at the best of each: {found['mean']:+.4f} "
            f"({found['lower']:+.4f} to {found['upper']:+.4f})")
        if one["trees_ratio"] is None:
            lines.append(f"  {one['goal']:.4f}: constant after {one['fewest_trees']['constant']} trees, linear never")
        else:
            trees, sent = one["fewest_trees"], one["site_bytes"]
            lines.append(
                f"  {one['goal']:.4f}: constant after {trees['constant']} trees, {sent['constant'] / 1024:,.0f} KiB a "
                f"site, linear after {trees['linear']}, {sent['linear'] / 1024:,.0f} KiB: {one['trees_ratio']:.1f} "
                f"times fewer trees, {one['steps_ratio']:.1f} steps, {one['bytes_ratio']:.1f} bytes")
    return "\n".join(lines)


def main() -> int:
    arguments = options("leaves", repeats=3)
    folder = pathlib.Path(os.environ.get("KONSIL_DATA", "../shared/data"))
    real = [data for data in SETS if data.name in REAL and (folder / data.name / data.file).exists()]
    cores = use_cores()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    scratch = arguments.folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    program = arguments.programs / "konsil-bench"
    try:
        sets = {}
        all_records = [drawn(truth, place + 1) for place, truth in enumerate(TRUTHS)]
        for records in all_records + [Records.read(data, folder) for data in real]:
            for depth in DEPTHS:
                sets[f"{records.name}-depth-{depth}"] = measure(records, depth, program, scratch, arguments.repeats)
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    plot(sets, arguments.folder / "leaves.svg")
    result = {
        "trees_ratio": {name: one["trees_ratio"] for name, one in sets.items()},
        "bytes_ratio": {name: one["bytes_ratio"] for name, one in sets.items()},
        "tolerance": TOLERANCE, "configuration": arguments.configuration, "cores": cores,
        "repeats": arguments.repeats, "folds": FOLDS, "lambda": LAMBDA, "bins": BINS,
        "least_count": LEAST_COUNT, "plan": PLAN, "sets": sets,
    }
    show("leaves", result, text(result), arguments.json)
    return 0


sys.exit(main())
