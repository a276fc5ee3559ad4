"""The baselines beside the data sets: the pooled logistic model's AUC in five-fold cross-validation, as their
READMEs print it, with the rows and prevalence that it is of."""

from .fits import hanley_mcneil

PRINTED = {
    "thiomon": ("ibd-thiomon", 0.729, 3626, 0.548),
    "prism": ("ibd-prism-nlibd", 0.898, 154, 0.747),
    "cis": ("ms-cis-conversion", 0.884, 182, 0.456),
    "arthritis": ("ra-arthritis-trials", 0.695, 888, 0.395),
    "heart": ("multi-uci-heart", 0.884, 645, 0.552),
    "eicu": ("multi-eicu-demo", 0.818, 1255, 0.096),
    "gusto": ("multi-gusto", 0.826, 28612, 0.070),
    "multicohort": ("ibd-multicohort", 0.765, 748, 0.275),
}


def of(study):
    folder, auc, rows, prevalence = PRINTED[study]
    events = round(rows * prevalence)
    return {
        "from": f"{folder}/README.md", "auc": auc, "rows": rows,
        "standard_error": hanley_mcneil(auc, events, rows - events),
    }
