"""Trains XGBoost on the pooled records, and prints time, memory and loss as one JSON object.

A process of its own for every repeat, so that its peak memory is one training's. `quantile` makes a QuantileDMatrix;
`plain` a DMatrix, which is binned when training begins. Both are inside the time.
"""

import json
import sys
import time

import numpy
import xgboost

from process_facts import Memory

LOSS_ROWS = 20_000


def matrix(kind: str, features, outcome, bins: int, threads: int):
    if kind == "quantile":
        return xgboost.QuantileDMatrix(features, outcome, max_bin=bins, nthread=threads)
    return xgboost.DMatrix(features, outcome, nthread=threads)


def train(kind: str, features, outcome, parameters: dict, rounds: int):
    return xgboost.train(
        parameters, matrix(kind, features, outcome, parameters["max_bin"], parameters["nthread"]), rounds)


def main(path: str, kind: str, rounds: int, parameters: dict):
    columns = numpy.fromfile(path).reshape(parameters.pop("columns") + 1, -1)
    outcome, features = columns[0].copy(), numpy.ascontiguousarray(columns[1:].T, dtype=numpy.float32)
    del columns
    # What is loaded at the first call is no part of a training.
    train(kind, features[:2000], outcome[:2000], parameters, 2)
    began, cpu = time.perf_counter(), time.process_time()
    model = train(kind, features, outcome, parameters, rounds)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    peak = Memory("self").peak
    found = outcome[:LOSS_ROWS]
    chance = model.predict(xgboost.DMatrix(features[:LOSS_ROWS])).astype(float)
    loss = -numpy.mean(numpy.where(found == 1, numpy.log(chance), numpy.log1p(-chance)))
    print(json.dumps({
        "seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mib": peak / (1 << 20), "loss": float(loss),
        "version": xgboost.__version__}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
