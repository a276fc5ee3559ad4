"""The public data sets of the quality benchmark, as plain numbers."""

import pathlib
from dataclasses import dataclass, field

import numpy
import pandas

FOLDS = 5


@dataclass(frozen=True)
class DataSet:
    """What a data set's README says, in the words of a dictionary."""

    name: str
    file: str
    outcome: str
    event: object
    site: str
    # Neither outcome nor site, and yet no predictor.
    others: tuple[str, ...] = ()
    # Rows with one value of it are in one fold.
    group: str | None = None
    # Their codes or texts have no order.
    categorical: tuple[str, ...] = ()
    # Of texts that have one.
    ordinal: dict[str, tuple[str, ...]] = field(default_factory=dict)


SETS = [
    DataSet(
        "ibd-thiomon", "thiomon_dev.csv.gz", "remission", 1, "pseudo_site_iid",
        others=("row_id", "active", "pseudo_site_age"), group="days_of_life"),
    DataSet(
        "multi-gusto", "gusto_dev.csv.gz", "day30", 1, "regl",
        # `tpa` is a part of `tx`.
        others=("patient_no", "grpl", "grps", "tpa"), categorical=("miloc", "smk", "tx"),
        ordinal={"Killip": ("I", "II", "III", "IV")}),
    DataSet(
        "multi-uci-heart", "heart_dev.csv", "disease", 1, "hospital", others=("patient_no", "num"),
        categorical=("cp", "restecg", "thal")),
    DataSet(
        "rd-glow-fracture", "glow_bonemed.csv", "fracture", "Yes", "site_id",
        others=("sub_id", "phy_id", "bonemed_fu", "bonetreat"), ordinal={"raterisk": ("Less", "Same", "Greater")}),
    DataSet(
        "ms-cis-conversion", "cis_dev.csv", "converted", 1, "pseudo_site",
        # The last two are missing for those who do not convert.
        others=("patient_id", "Initial_EDSS", "Final_EDSS"),
        categorical=(
            "Breastfeeding", "Varicella", "Initial_Symptom", "Mono_or_Polysymptomatic", "Oligoclonal_Bands")),
]


class Records:
    """A data set's rows.

    Attributes:
        kinds: of each variable `continuous`, `count`, or the number of levels, as text.
        values: rows by variables, NaN where missing.
        outcome: 0 or 1, or a number.
        site: from 0.
        group: rows with one number are in one fold.
    """

    def __init__(
            self, name: str, kinds: list[str], values: numpy.ndarray, outcome: numpy.ndarray, site: numpy.ndarray,
            group: numpy.ndarray):
        self.name, self.kinds, self.values, self.outcome = name, kinds, values, outcome
        self.site, self.group = site, group
        self.sites = int(site.max()) + 1

    @classmethod
    def read(cls, data: DataSet, folder: pathlib.Path) -> "Records":
        table = pandas.read_csv(folder / data.name / data.file)
        predictors = table.drop(columns=[data.outcome, data.site, *data.others])
        columns = [cls._column(predictors[name], data) for name in predictors]
        return cls(
            data.name, [kind for kind, _ in columns], numpy.column_stack([values for _, values in columns]),
            (table[data.outcome] == data.event).to_numpy(float), pandas.factorize(table[data.site], sort=True)[0],
            cls._groups(table, data.group))

    @property
    def rows(self) -> int:
        return len(self.outcome)

    @staticmethod
    def _groups(table: pandas.DataFrame, name: str | None) -> numpy.ndarray:
        """Without a group, and where it is missing, a row is by itself."""
        if name is None:
            return numpy.arange(len(table))
        codes = pandas.factorize(table[name])[0]
        return numpy.where(codes < 0, codes.max() + 1 + numpy.arange(len(table)), codes)

    @staticmethod
    def _column(column: pandas.Series, data: DataSet) -> tuple[str, numpy.ndarray]:
        is_text = not pandas.api.types.is_numeric_dtype(column)
        if column.name in data.ordinal or column.name in data.categorical or is_text:
            levels = data.ordinal.get(column.name) or sorted(column.dropna().unique())
            values = column.map({level: place for place, level in enumerate(levels)}).to_numpy(float)
            return (str(len(levels)) if column.name in data.categorical else "count"), values
        values = column.to_numpy(float)
        known = values[~numpy.isnan(values)]
        return ("count" if (known == numpy.rint(known)).all() else "continuous"), values

    def folds(self, seed: int) -> numpy.ndarray:
        """Each row's fold: the groups in a random order, dealt one after the other."""
        groups, places = numpy.unique(self.group, return_inverse=True)
        order = numpy.random.Generator(numpy.random.PCG64(seed)).permutation(len(groups))
        return (order % FOLDS)[places]

    def save(self, fold: numpy.ndarray, path: pathlib.Path):
        """As `konsil-bench quality` reads it."""
        numpy.column_stack([fold, self.site, self.outcome, self.values]).T.astype(float).tofile(path)
