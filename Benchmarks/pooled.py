"""Fits the pooled records with statsmodels, and prints its time and estimates as one JSON object.

A process of its own for every repeat: the number of OpenBLAS' threads is read when the library is loaded.
"""

import json
import sys
import time

import numpy
import statsmodels.api

from process_facts import blas_of

# As Konsil's: the last step moves no coefficient by more than this.
TOLERANCE = 1e-10


def fit(outcome, design):
    start = time.perf_counter()
    model = statsmodels.api.Logit(outcome, design)
    made = time.perf_counter()
    result = model.fit(method="newton", tol=TOLERANCE, disp=0)
    errors = result.bse
    end = time.perf_counter()
    return result, errors, made - start, end - made


def area_under_curve(outcome, score) -> float:
    ranks = numpy.empty(len(score))
    ranks[numpy.argsort(score)] = numpy.arange(1, len(score) + 1)
    events = outcome == 1
    count = events.sum()
    return float((ranks[events].sum() - count * (count + 1) / 2) / (count * (len(score) - count)))


def main(path: str):
    with numpy.load(path) as file:
        outcome, design = file["outcome"], file["design"]
    # What Python and the library load at the first call is no part of a fit.
    fit(outcome[:2000], design[:2000])
    result, errors, making, fitting = fit(outcome, design)
    print(json.dumps({
        "seconds": making + fitting, "making_seconds": making, "fitting_seconds": fitting,
        "converged": bool(result.mle_retvals["converged"]), "iterations": int(result.mle_retvals["iterations"]),
        "coefficients": list(result.params), "standard_errors": list(errors),
        "auc": area_under_curve(outcome, design @ result.params), "blas": blas_of("self"),
        "numpy": numpy.__version__, "statsmodels": statsmodels.__version__,
    }))


main(sys.argv[1])
