"""AUC, and intervals of a difference that repeated cross-validation has found."""

import numpy
from scipy.stats import rankdata, t

CONFIDENCE = 0.95


def auc(outcome: numpy.ndarray, score: numpy.ndarray) -> float:
    """The share of pairs of one row with the outcome and one without in which the first has the greater score; equal
    scores count half (Mann-Whitney)."""
    events = outcome == 1
    count, others = int(events.sum()), int((~events).sum())
    return float((rankdata(score)[events].sum() - count * (count + 1) / 2) / (count * others))


def corrected(differences: numpy.ndarray, test_share: float) -> dict:
    """The interval of the corrected resampled t-test over all folds of all repeats.

    Training sets overlap, so the differences depend on each other, and their variance over their number is too small:
    1 / number becomes 1 / number + test rows / training rows (Nadeau and Bengio, Machine Learning 2003;52:239-281; over
    k folds and r repeats Bouckaert and Frank, PAKDD 2004).

    Args:
        differences: one for each fold of each repeat.
        test_share: rows held out over rows trained on.
    """
    count = differences.size
    return interval(differences, numpy.sqrt(differences.var(ddof=1) * (1 / count + test_share)))


def naive(differences: numpy.ndarray) -> dict | None:
    """The t interval over the repeats' means, as if repeats were new records. None for one repeat.

    Args:
        differences: repeats by folds.
    """
    means = differences.mean(axis=1)
    return interval(means, means.std(ddof=1) / numpy.sqrt(means.size)) if means.size > 1 else None


def interval(values: numpy.ndarray, error: float) -> dict:
    half = t.ppf((1 + CONFIDENCE) / 2, values.size - 1) * error
    return {"lower": float(values.mean() - half), "upper": float(values.mean() + half)}
