"""Simulated records of the benchmark: the same numbers for the sites' files and for the pooled fit."""

import json
import pathlib

import numpy

MEASURED = 44
BINARY = 6
COLUMNS = MEASURED + BINARY
OUTCOME = "event"
# Greatest distance from a column's middle, in deviations; the dictionary's ranges are this wide.
MOST_DEVIATIONS = 6


class Cohort:
    """Rows with measured columns, half of them correlated, binary ones and a binary outcome.

    A measured value is a whole number of thousandths, so that a file's text and the number in memory are the same
    double. The linear predictor's deviation of 1.08 gives an AUC of about .75.
    """

    def __init__(self, rows: int, seed: int, measured: int = MEASURED, binary: int = BINARY):
        random = numpy.random.Generator(numpy.random.PCG64(seed))
        self.measured, self.binary = measured, binary
        self.names = [f"m{i + 1:02}" for i in range(measured)] + [f"b{i + 1}" for i in range(binary)]
        self.means = numpy.round(random.uniform(5, 150, measured))
        self.deviations = numpy.round(self.means * random.uniform(0.05, 0.16, measured), 1)

        common = random.standard_normal((rows, 1))
        share = numpy.where(numpy.arange(measured) % 2 == 0, 0.5, 0.0)
        score = share * common + numpy.sqrt(1 - share**2) * random.standard_normal((rows, measured))
        score = numpy.clip(score, -MOST_DEVIATIONS, MOST_DEVIATIONS)
        shares = random.uniform(0.05, 0.5, binary)
        flags = (random.random((rows, binary)) < shares).astype(float)

        effects = random.standard_normal(measured + binary)
        centred = numpy.hstack([score, (flags - shares) / numpy.sqrt(shares * (1 - shares))])
        linear = centred @ effects
        linear = -1 + 1.08 * linear / linear.std()
        self.outcome = (random.random(rows) < 1 / (1 + numpy.exp(-linear))).astype(float)
        thousandths = numpy.rint(1000 * (self.means + self.deviations * score))
        self.values = numpy.hstack([thousandths / 1000, flags])

    @property
    def dictionary(self) -> str:
        lines = [
            "konsil: dictionary/1", "name: bench", "title: Benchmark on simulated records",
            "purpose: To measure how long a fit takes.", "variables:",
        ]
        for index, name in enumerate(self.names):
            if index < self.measured:
                width = MOST_DEVIATIONS * self.deviations[index]
                lower, upper = self.means[index] - width - 0.1, self.means[index] + width + 0.1
                lines.append(
                    f"  {name}: {{label: Measurement {index + 1}, type: continuous, unit: '1', "
                    f"range: [{lower:.1f}, {upper:.1f}]}}")
            else:
                lines.append(f"  {name}: {{label: Finding {index - self.measured + 1}, type: binary}}")
        lines += ["outcomes:", f"  {OUTCOME}: {{label: Event, definition: Drawn from the columns.}}", ""]
        return "\n".join(lines)

    def plan(self, name: str) -> str:
        """A template of the plan: all columns, no penalty."""
        return (
            f"konsil: plan/1\nname: {name}\nstudy: {{name: bench}}\nalgorithm: logistic\noutcome: {OUTCOME}\n"
            f"predictors: [{', '.join(self.names)}]\npenalty: none\n")

    def boosting_plan(self, name: str, parameters: dict) -> str:
        """A template of the plan: trees over all columns."""
        shown = ", ".join(f"{key}: {json.dumps(value)}" for key, value in parameters.items())
        return (
            f"konsil: plan/1\nname: {name}\nstudy: {{name: bench}}\nalgorithm: boosting\noutcome: {OUTCOME}\n"
            f"predictors: [{', '.join(self.names)}]\nparameters: {{{shown}}}\n")

    def save_matrix(self, path: pathlib.Path):
        """Writes plain doubles: the outcome, then column after column."""
        numpy.vstack([self.outcome[None], self.values.T]).tofile(path)

    def write_site(self, path: pathlib.Path, site: int, sites: int):
        """Writes the records of one of `sites` sites as CSV: every `sites`-th row."""
        line = "p%d," + "%.3f," * self.measured + "%d," * self.binary + "%d\n"
        with path.open("w") as file:
            file.write(",".join(["patient_id", *self.names, OUTCOME]) + "\n")
            for row in range(site, len(self.outcome), sites):
                file.write(line % (row, *self.values[row], self.outcome[row]))

    def save_pooled(self, path: pathlib.Path):
        """Writes the design with its column of ones, and the outcome, for the pooled fit."""
        ones = numpy.ones((len(self.outcome), 1))
        numpy.savez(path, design=numpy.hstack([ones, self.values]), outcome=self.outcome)
