"""Held-out scores of one repeat of a cross-validation: Konsil's over sites, and XGBoost's of the pooled records."""

import json
import pathlib
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy
import xgboost

from common import CORES
from federation import Failure
from quality_sets import FOLDS, Records

ROUNDS, DEPTH, ETA, LAMBDA, BINS, LEAST_COUNT = 100, 4, 0.1, 1.0, 255, 10
# What each kind has that `konsil` has not.
KONSIL = {
    "konsil": {}, "joined": {"rows-per-bin": 128}, "bins_64": {"bins": 64}, "bits_16": {"gradient-bits": 16}}
XGBOOST = {
    "tree_method": "hist", "objective": "binary:logistic", "eta": ETA, "max_depth": DEPTH, "lambda": LAMBDA, "nthread": 1,
    # A row's Hessian is at most 1/4, so this is what the least count asks of a child.
    "min_child_weight": LEAST_COUNT / 4,
    # Sets of levels, however few levels there are.
    "max_cat_to_onehot": 1,
}
MISSING_BIN = 255


class Repeat:
    """One repeat's folds, each side trained on the rows outside of each."""

    def __init__(self, records: Records, seed: int, program: pathlib.Path, folder: pathlib.Path):
        self.records, self.program, self.folder = records, program, folder
        self.fold = records.folds(seed)
        self.matrix = folder / "records.doubles"
        records.save(self.fold, self.matrix)

    def konsil(self, options: dict, binned: pathlib.Path | None = None) -> numpy.ndarray:
        """Raw scores of each row by the model of its fold. What else the program says is in `told`."""
        scores = self.folder / "scores.doubles"
        options = {
            "matrix": self.matrix, "rows": self.records.rows, "kinds": ",".join(self.records.kinds), "scores": scores,
            "threads": CORES, "trees": ROUNDS, "depth": DEPTH, "eta": ETA, "lambda": LAMBDA, "bins": BINS,
            "least-count": LEAST_COUNT} | ({"binned": binned} if binned else {}) | options
        arguments = [text for name, value in options.items() for text in (f"--{name}", str(value))]
        result = subprocess.run([self.program, "quality", *arguments], capture_output=True, text=True, timeout=600)
        if result.returncode != 0:
            raise Failure(f"konsil-bench: exit status {result.returncode}\n{result.stderr[-2000:]}")
        self.told = json.loads(result.stdout)
        return numpy.fromfile(scores)

    def xgboost(self, values: list[numpy.ndarray], bins: int) -> numpy.ndarray:
        """Log odds of each row by the model of its fold.

        Args:
            values: for each fold rows by variables, NaN where missing.
            bins: `max_bin`.
        """
        types = ["c" if kind.isdigit() else "q" for kind in self.records.kinds]
        outcome = self.records.outcome

        def scores(fold: int) -> numpy.ndarray:
            inside = self.fold == fold

            def matrix(rows):
                return xgboost.DMatrix(
                    values[fold][rows], outcome[rows], feature_types=types, enable_categorical=True, nthread=1)

            parameters = XGBOOST | {"max_bin": bins, "base_score": outcome[~inside].mean()}
            return xgboost.train(parameters, matrix(~inside), ROUNDS).predict(matrix(inside), output_margin=True)

        found = numpy.empty(self.records.rows)
        with ThreadPoolExecutor(CORES) as threads:
            for fold, scored in enumerate(threads.map(scores, range(FOLDS))):
                found[self.fold == fold] = scored
        return found

    def scores(self) -> dict[str, numpy.ndarray]:
        """Of each kind of training."""
        path = self.folder / "bins.bytes"
        found = {
            name: self.konsil(options, path if name == "konsil" else None) for name, options in KONSIL.items()}
        bins = numpy.fromfile(path, numpy.uint8).reshape(FOLDS, len(self.records.kinds), -1)
        binned = [numpy.where(one.T == MISSING_BIN, numpy.nan, one.T).astype(numpy.float32) for one in bins]
        # Every bin number has a bin of its own.
        found["xgboost"] = self.xgboost(binned, BINS + 1)
        found["xgboost_own_cuts"] = self.xgboost([self.records.values.astype(numpy.float32)] * FOLDS, BINS)
        return found
