"""Records drawn from a seed, of which the truth is known: where linear leaves should win, and where not."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy

from quality_sets import Records

ROWS, SITES, VARIABLES = 10_000, 5, 10


@dataclass(frozen=True)
class Truth:
    """What the outcome's mean, or its log odds, are at uniform variables between -1 and 1."""

    name: str
    words: str
    mean: Callable[[numpy.ndarray], numpy.ndarray]
    # Deviation of the noise around the mean; without it the outcome is binary.
    noise: float | None


def lines(x: numpy.ndarray) -> numpy.ndarray:
    first = numpy.where(x[0] < 0, 3 * x[2] - 2 * x[3], -2 * x[2] + x[4])
    return numpy.where(x[1] < 0.3, first, x[3] + 2 * x[4])


def smooth(x: numpy.ndarray) -> numpy.ndarray:
    return 2 * numpy.sin(2 * x[0]) + 1.5 * x[1] + x[2] * x[3] - x[4] ** 2


def steps(x: numpy.ndarray) -> numpy.ndarray:
    return numpy.where(x[0] < 0, 1.5, -1) + numpy.where(x[1] < 0.3, -1, 1) * numpy.where(x[2] < -0.2, 1, 0)


TRUTHS = [
    Truth("regions", "linear within three regions", lines, 0.5),
    Truth("smooth", "a sine, a line, a product and a square", smooth, 0.5),
    Truth("smooth-binary", "log odds as `smooth`", smooth, None),
    Truth("steps", "constant within boxes", steps, 0.5),
]


def drawn(truth: Truth, seed: int) -> Records:
    generator = numpy.random.Generator(numpy.random.PCG64(seed))
    values = generator.uniform(-1, 1, (ROWS, VARIABLES))
    mean = truth.mean(values.T)
    if truth.noise is None:
        outcome = (generator.uniform(size=ROWS) < 1 / (1 + numpy.exp(-mean))).astype(float)
    else:
        outcome = mean + truth.noise * generator.standard_normal(ROWS)
    return Records(
        truth.name, ["continuous"] * VARIABLES, values, outcome, numpy.arange(ROWS) % SITES, numpy.arange(ROWS))
