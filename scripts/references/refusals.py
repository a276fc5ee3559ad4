"""Why a plan has no estimate, as the records show it."""

import numpy

REFUSED = {"cis-unpenalised", "cis-edss", "thiomon-indicators"}


def reason(design):
    """Columns of a single row, columns equal to another, and 0/1 columns within which the outcome is constant."""
    names, matrix = design.columns()
    ill = design.outcome == 1
    single, equal, separating = [], [], []
    for place, name in enumerate(names[1:], 1):
        marked = matrix[:, place] == 1
        if not set(numpy.unique(matrix[:, place])) <= {0.0, 1.0}:
            continue
        if marked.sum() == 1:
            single.append(name)
        elif ill[marked].all() or not ill[marked].any():
            separating.append(name)
    # The design leaves out an indicator that equals one before it; here they are named.
    absent = {name: (design.records[name] == "").to_numpy() for name in design.variables}
    lacking = [name for name in absent if absent[name].any()]
    for place, name in enumerate(lacking):
        twins = [other for other in lacking[:place] if (absent[name] == absent[other]).all()]
        if twins and design.imputes:
            equal.append(f"{name}:missing")
    return {"a_single_row": single, "equal_to_another": equal, "separating": separating}
