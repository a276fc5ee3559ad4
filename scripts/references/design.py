"""A plan's design matrix, from the plan and the dictionary themselves."""

import itertools

import numpy
import yaml


def document(path):
    return yaml.safe_load(path.read_text())


class Design:
    """Rows with the intercept first; `free` columns in front, the intercepts, take no penalty."""

    def __init__(self, plan, dictionary, records):
        self.plan, self.variables = plan, dictionary["variables"]
        outcome = plan["outcome"]
        records = records[records[outcome] != ""]
        for name, condition in plan.get("filter", {}).items():
            records = records[self._meets(records[name], condition)]
        self.predictors = [self._predictor(entry) for entry in plan["predictors"]]
        used = list(dict.fromkeys(name for predictor in self.predictors for name in predictor["variables"]))
        self.imputes = plan.get("missing", "complete-case") == "mean+indicator"
        if not self.imputes:
            records = records[(records[used] != "").all(axis=1)]
        self.records = records.reset_index(drop=True)
        self.outcome = self.records[outcome].astype(float).to_numpy()
        self.groups = self.records.key.to_numpy()

    @staticmethod
    def _meets(texts, condition):
        if "one_of" in condition:
            return texts.isin(condition["one_of"])
        numbers = texts.where(texts != "", "nan").astype(float)
        return (numbers >= condition.get("at_least", -numpy.inf)) & (numbers <= condition.get("at_most", numpy.inf))

    @staticmethod
    def _predictor(entry):
        if isinstance(entry, str):
            return {"variables": [entry], "options": {}}
        [(name, options)] = entry.items()
        if name == "interaction":
            return {"variables": options, "options": None}
        return {"variables": [name], "options": options}

    def columns(self, training=None):
        """Names and matrix, the intercept's column first. Means for what is missing are those of `training` rows."""
        training = numpy.ones(len(self.records), bool) if training is None else training
        names, columns = ["(intercept)"], [numpy.ones(len(self.records))]
        if self.plan.get("intercept", "common") == "site":
            for site in sorted(self.records.site.unique())[1:]:
                names.append(f"site={site}")
                columns.append((self.records.site == site).to_numpy(float))
        self.free = len(names)
        built, indicators = {}, []

        def add(label, values):
            present = training & ~numpy.isnan(values)
            names.append(label)
            columns.append(numpy.where(numpy.isnan(values), values[present].mean(), values))

        for predictor in self.predictors:
            if predictor["options"] is None:
                for (first, a), (second, b) in itertools.product(*(built[name] for name in predictor["variables"])):
                    # Nothing times what is missing is nothing.
                    add(f"{first}*{second}", numpy.where((a == 0) | (b == 0), 0.0, a * b))
                continue
            [name] = predictor["variables"]
            built[name] = self._coded(name, predictor["options"])
            for label, values in built[name]:
                add(label, values)
            absent = (self.records[name] == "").to_numpy()
            if absent.any() and not any((absent == other).all() for other in indicators):
                indicators.append(absent)
                names.append(f"{name}:missing")
                columns.append(absent.astype(float))
        return names, numpy.column_stack(columns)

    def _coded(self, name, options):
        """Names and values of a predictor's columns, NaN where it is missing."""
        variable, texts = self.variables[name], self.records[name]
        absent = (texts == "").to_numpy()
        if variable["type"] == "categorical":
            reference = options.get("reference", variable["levels"][0])
            levels = [level for level in variable["levels"] if level != reference]
            return [
                (f"{name}={level}", numpy.where(absent, numpy.nan, (texts == level).to_numpy(float)))
                for level in levels]
        if variable["type"] == "ordinal":
            places = {level: float(place) for place, level in enumerate(variable["levels"])}
            return [(name, texts.map(places).to_numpy(float))]
        values, label = texts.where(texts != "", "nan").astype(float).to_numpy(), name
        if "transform" in options:
            label = f"{options['transform']}({name})"
            values = {"log": numpy.log, "log1p": numpy.log1p}[options["transform"]](values)
        if "hinge" in options:
            label = f"hinge({name}, {options['hinge']})"
            values = numpy.where(absent, numpy.nan, numpy.maximum(0, values - options["hinge"]))
        return [(label, values / options.get("per", 1))]
