/// What the numbers of each part of each query are, in words.
enum SegmentMeanings {
  /// - Returns: the part's own name where none are known.
  static func words(_ segment: String, in query: String) -> String {
    meanings[query]?[segment] ?? segment
  }

  private static let meanings: [String: [String: String]] = [
    "support": [
      "sites-where-it-varies":
        "for each column, reference level, interval between hinges and the outcome, 1 if it varies here",
      "sites-where-it-occurs": "for each level, 1 if some row here has it",
      "sites-where-some-lack-it": "for each variable, 1 if some row here lacks it",
      "sites-with-several-rows-of-a-patient": "1 if some patient here has several rows",
      "sites-by-weights":
        "1 if a row here is out for want of a weight, if some weight is not 1, if they vary",
      "sites": "for each variable, 1 for each state that occurs here, and 1 if it varies",
    ],
    "counts": [
      "rows": "rows of the analysis here",
      "events": "those of them with outcome 1",
      "patients": "patients among them",
      "column-rows": "for each indicator, reference level and interval between hinges, the rows that have it",
      "column-events": "those of them with outcome 1",
      "rows-that-lack-it": "for each variable with a missing indicator, the rows that lack it",
      "group-rows": "for each variable, the rows of each level, and those missing or not applicable",
      "group-events": "those of them with outcome 1",
    ],
    "knots": ["rows-of-left-halves": "rows in the lower half of each interval that is searched for knots"],
    "cells": [
      "rows-with-both": "for each pair of indicators, the rows that have both"
    ],
    "cell-sites": [
      "sites-with-both": "for each pair of indicators, 1 if some row here has both",
      "sites-with-the-first-alone": "for each pair, 1 if some row here has the first alone",
      "sites-with-the-second-alone": "for each pair, 1 if some row here has the second alone",
      "sites-with-neither": "for each pair, 1 if some row here has neither",
    ],
    "moments": [
      "weights": "the sum of the weights, and of those of rows with outcome 1",
      "weights-of-rows-that-have-it": "for each column that some rows lack, the weight of those that have it",
      "sums": "for each column, the sum of its values, scaled by its range to 0...1",
    ],
    "spread": [
      "squares": "for each column, the sum of squared distances from the mean of all sites, so scaled"
    ],
    "refinement": [
      "sums": "for each column of a wide range, the sum of its standardised values",
      "squares": "for each column of a wide range, the sum of their squares",
    ],
    "parts": [
      "part-rows": "for each part of the validation, its rows",
      "part-events": "those of them with outcome 1",
      "part-column-rows":
        "for each part, indicator, reference level and interval between hinges, the rows of the part that have it",
      "sites-with-both-classes-outside": "for each part, 1 if the rows here outside of it have both outcomes",
    ],
    "part-support": [
      "sites-where-the-outcome-varies": "1 if the outcome varies here, for the group of this site",
      "sites-where-it-varies":
        "for each column, reference level and interval between hinges, 1 if it varies here, for this site's group",
      "sites-where-some-lack-it":
        "for each variable with a missing indicator, 1 if some row here lacks it, for this site's group",
    ],
    "part-moments": [
      "weights": "for each part, the sum of the weights, and of those of rows with outcome 1",
      "weights-of-rows-that-have-it": "for each part and column, the weight of the rows that have it",
      "sums": "for each part and column, the sum of the standardised values",
      "squares": "for each part and column, the sum of their squares",
    ],
    "newton": [
      "log-likelihood": "for each model, the log-likelihood of this site's rows",
      "gradient": "for each model and coefficient, the likelihood's first derivative",
      "hessian": "for each model and pair of coefficients, the likelihood's second derivative",
      "firth": "for each model and coefficient, what Firth's penalty adds to the first derivative",
    ],
    "deviance": ["deviance": "for each penalty and part, the deviance of the part's rows here"],
    "score-products": [
      "score-products": "for each pair of coefficients, the sum over patients of the products of their scores"
    ],
    "performance": [
      "scored-rows": "rows that have a prediction, for the model and each repeat of its validation",
      "scored-events": "those of them with outcome 1",
      "concordant-pairs": "pairs of rows here in which the one with the event has the higher prediction",
      "comparable-pairs": "pairs of rows here of which one has the event",
      "squared-errors": "the sum of squared distances between prediction and outcome",
      "log-loss": "the sum of the logarithmic losses",
      "words-of-parameters":
        "the parameters that were asked with, for each site to see that all had the same",
    ],
    "score-cells": ["rows-of-left-halves": "rows in the lower half of each interval of the prediction"],
    "calibration": [
      "gradient": "first derivatives of the fits of the outcome on the predicted log odds",
      "hessian": "second derivatives of the same",
    ],
    "score-bins": [
      "cell-events": "for each cell of the prediction, the rows with outcome 1",
      "cell-predictions": "for each cell, the sum of the predictions",
    ],
    "sums": ["sums": "for each number, the sum of its values, scaled by its range to 0...1"],
    "squares": [
      "squares": "for each number, the sum of squared distances from the mean of all sites, so scaled"
    ],
    "boosting-support": [
      "sites-where-it-varies":
        "for each variable, 1 if it varies here; with groups of sites, in the group of this site",
      "sites-where-some-lack-it": "for each variable, 1 if some row here lacks it",
      "sites-where-most-lack-it": "for each variable, 1 if most rows here lack it",
      "sites-where-the-outcome-occurs":
        "1 if the outcome varies here, or for each of its classes, 1 if it occurs",
      "sites-where-it-occurs": "for each level of a categorical variable, 1 if some row here has it",
      "sites-by-weights":
        "for weight and exposure, 1 if a row here is out for want of one, if one is not 1, if they vary",
      "sites-with-a-higher-least-count": "1 for each row that this site's own least count is higher",
    ],
    "boosting-counts": [
      "rows": "rows here, and those of each training set",
      "rows-of-classes": "for each training set and class, the rows that have it",
      "weights": "for each training set, the sum of the weights",
      "outcomes": "for each training set, the weighted sum of the outcome, or of each class",
      "exposures": "for each training set, the weighted sum of the exposure",
      "rows-that-lack-it":
        "for each variable that some rows lack at three sites or more, the rows that lack it",
      "rows-of-levels":
        "for each categorical variable, the rows of each level; one that few sites have counts as another",
    ],
    "boosting-cuts": [
      "rows-of-left-halves": "rows in the lower half of each interval that is searched for cuts"
    ],
    "tree-histograms": [
      "gradients-and-hessians":
        "for each asked node, variable and bin, gradient and Hessian in one number; the node's rows",
      "rows-of-cells": "for each asked node, variable and bin, its rows",
      "losses":
        "for each training set, the loss of the rows held out of it; without any, that of all rows at the end",
      "sums-of-leaves": "for each leaf, sums of products of the numbers on its path and the gradient",
    ],
    "importance": [
      "explained-rows": "rows that are drawn",
      "shap-magnitudes":
        "for each variable, the sum over them of how far it moves the prediction, against other rows here",
      "losses": "the sum of their losses, and for each variable that with its values permuted here",
    ],
    "quantiles": ["left-halves": "rows in the lower half of each interval that is searched for quantiles"],
  ]
}
