"""Estimates of other programs for a design."""

import warnings

import numpy
import statsmodels.api
from firthmodels import FirthLogisticRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

SEED = 1
REPEATS = 5


def standardised(matrix, free):
    """Columns after the `free` ones about their mean, by their deviation; and the way back."""
    mean, deviation = matrix[:, free:].mean(0), matrix[:, free:].std(0)
    back = numpy.eye(matrix.shape[1])
    back[free:, free:] = numpy.diag(1 / deviation)
    back[0, free:] = -mean / deviation
    return numpy.column_stack([matrix[:, :free], (matrix[:, free:] - mean) / deviation]), back


def unpenalised(design, matrix):
    robust = {}
    if design.plan.get("standard_errors") == "cluster(patient)":
        robust = {"cov_type": "cluster", "cov_kwds": {"groups": numpy.unique(design.groups, return_inverse=True)[1]}}
    with warnings.catch_warnings():
        # Newton's last steps are at the limit of rounding, which counts as no convergence there.
        warnings.simplefilter("ignore")
        fit = statsmodels.api.Logit(design.outcome, matrix).fit(
            method="newton", maxiter=60, tol=1e-15, disp=0, **robust)
    return {
        "made_by": f"statsmodels Logit(y, X).fit(method='newton', tol=1e-15, cov_type='{fit.cov_type}')",
        "coefficients": list(fit.params), "standard_errors": list(fit.bse), "log_likelihood": float(fit.llf),
    }


def ridge(design, matrix, penalty):
    scaled, back = standardised(matrix, design.free)
    fit = LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-14, max_iter=1000)
    fit.fit(scaled[:, 1:], design.outcome)
    coefficients = numpy.concatenate([fit.intercept_, fit.coef_[0]])
    chance = fit.predict_proba(scaled[:, 1:])[:, 1]
    information = scaled.T @ (scaled.T * chance * (1 - chance)).T
    penalised = information + penalty * numpy.diag([0.0] + [1.0] * (scaled.shape[1] - 1))
    covariance = back @ numpy.linalg.inv(penalised) @ back.T
    return {
        "made_by": f"scikit-learn LogisticRegression(C=1/{penalty}, solver='newton-cholesky', tol=1e-14) on "
        "standardised columns; standard errors from the inverse of X'WX + penalty, in numpy",
        "coefficients": list(back @ coefficients), "standard_errors": list(numpy.sqrt(numpy.diag(covariance))),
        "log_likelihood": float(numpy.log(numpy.where(design.outcome == 1, chance, 1 - chance)).sum()),
        "effective_degrees_of_freedom": float(numpy.trace(numpy.linalg.solve(penalised, information))),
    }


def firth(design, matrix):
    def fit(tolerance):
        program = FirthLogisticRegression(backend="numpy", gtol=tolerance, xtol=tolerance, max_iter=500)
        return program.fit(matrix[:, 1:], design.outcome)

    fine = fit(1e-9)
    coefficients = numpy.r_[fine.intercept_, fine.coef_]
    chance = 1 / (1 + numpy.exp(-matrix @ coefficients))
    information = matrix.T @ (matrix.T * chance * (1 - chance)).T
    intervals = fine.conf_int(method="pl", tol=1e-8, max_iter=500)

    def intercept_first(values):
        return [float(value) for value in numpy.roll(values, 1)]

    return {
        "made_by": "firthmodels FirthLogisticRegression(gtol=1e-9, xtol=1e-9), its lrt() at 1e-6 and "
        "conf_int(method='pl', tol=1e-8); standard errors from the inverse of X'WX, in numpy",
        "coefficients": list(coefficients),
        "standard_errors": list(numpy.sqrt(numpy.diag(numpy.linalg.inv(information)))),
        "penalised_log_likelihood": float(fine.loglik_),
        "lower": intercept_first(intervals[:, 0]), "upper": intercept_first(intervals[:, 1]),
        # At a finer tolerance its constrained fits stop in rounding.
        "p_values": intercept_first(fit(1e-6).lrt().lrt_pvalues_),
    }


def estimate(design):
    names, matrix = design.columns()
    penalty = design.plan.get("penalty", "none")
    if penalty == "none":
        numbers = unpenalised(design, matrix)
    elif penalty == "firth":
        numbers = firth(design, matrix)
    else:
        numbers = ridge(design, matrix, penalty["ridge"]["lambda"])
    return {"names": names} | numbers


def hanley_mcneil(auc, events, others):
    """The standard error of an AUC (Radiology 1982;143:29-36)."""
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (events - 1) * (first - auc**2) + (others - 1) * (second - auc**2)
    return float(numpy.sqrt(variance / events / others))


class Scaled:
    """A program's fit on columns scaled by the training rows; a column that is constant there stays 0."""

    def __init__(self, program, matrix, training, outcome):
        self.mean, self.deviation = matrix[training].mean(0), matrix[training].std(0)
        self.deviation[self.deviation == 0] = numpy.inf
        self.program = program.fit(self.columns(matrix[training]), outcome[training])

    def columns(self, matrix):
        return (matrix - self.mean) / self.deviation

    def scores(self, matrix):
        return self.columns(matrix) @ self.program.coef_.ravel() + float(numpy.ravel(self.program.intercept_)[0])


def program(penalty):
    if penalty == "firth":
        return FirthLogisticRegression(backend="numpy", gtol=1e-6, xtol=1e-6, max_iter=500)
    strength = 1 / penalty["ridge"]["lambda"] if isinstance(penalty, dict) else numpy.inf
    return LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-8, max_iter=500)


def cross_validation(design):
    """Five folds that keep groups together, by site and class where rows are no groups; the means over repeats.

    A site alone is fitted with the plan's ridge, or one of 1 where the plan has none: without it there is often no
    estimate at a site. It is fitted where it has at least ten rows of each class."""
    penalty = design.plan.get("penalty", "none")
    alone = penalty if isinstance(penalty, dict) else {"ridge": {"lambda": 1}}
    sites, outcome = design.records.site.to_numpy(), design.outcome
    own = [
        site for site in sorted(set(sites))
        if min((outcome[sites == site] == kind).sum() for kind in (0, 1)) >= 10]
    grouped = len(set(design.groups)) < len(design.groups)
    strata = outcome if grouped else numpy.char.add(sites.astype(str), outcome.astype(str))
    areas, by_site = [], {site: {"alone": [], "pooled": []} for site in own}
    for repeat in range(REPEATS):
        folds = (StratifiedGroupKFold if grouped else StratifiedKFold)(5, shuffle=True, random_state=SEED + repeat)
        pooled, single = numpy.zeros(len(outcome)), numpy.zeros(len(outcome))
        with warnings.catch_warnings():
            # Of sites with fewer rows of a class than folds.
            warnings.simplefilter("ignore")
            splits = list(folds.split(pooled, strata, design.groups if grouped else None))
        for training, held_out in splits:
            chosen = numpy.isin(numpy.arange(len(outcome)), training)
            _, matrix = design.columns(chosen)
            matrix = matrix[:, 1:]
            pooled[held_out] = Scaled(program(penalty), matrix, training, outcome).scores(matrix[held_out])
            for site in own:
                here, there = training[sites[training] == site], held_out[sites[held_out] == site]
                single[there] = Scaled(program(alone), matrix, here, outcome).scores(matrix[there])
        areas.append(roc_auc_score(outcome, pooled))
        for site in own:
            rows = sites == site
            by_site[site]["alone"].append(roc_auc_score(outcome[rows], single[rows]))
            by_site[site]["pooled"].append(roc_auc_score(outcome[rows], pooled[rows]))
    return {
        "cross_validated_auc": float(numpy.mean(areas)),
        "auc_by_site": {
            site: {kind: float(numpy.mean(values)) for kind, values in found.items()}
            for site, found in by_site.items()},
    }
