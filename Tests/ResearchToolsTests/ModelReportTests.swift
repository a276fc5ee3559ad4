import Foundation
import ResearchTools
import Testing

struct ModelReportTests {
  // Odds ratios, intervals and p-values of this file:
  // python3 -c 'import math; q = 1.959963984540054
  // for b, s in [(1.5, .5), (1/32, 1/128), (.75, .25), (-.5, .5), (-1.25, .5)]:
  //   print(math.exp(b), math.exp(b - q*s), math.exp(b + q*s), math.erfc(abs(b/s)/math.sqrt(2)))'
  @Test func theTableShowsRatiosIntervalsAndPValues() throws {
    #expect(
      ModelReport(try SampleModel.decode()).text == """
        outcome  failure: Failure <within> 12 months & more
        model    logistic regression of study gut, plan gut-failure
        run      0123456789abcdef0123456789abcdef
        records  240 rows, 96 events, 4 sites
        fit      log-likelihood -100.5000, AIC 211.0000, 7 Newton steps

        term              contrast       coefficient  odds ratio     95 % interval        p
        (intercept)                          1.500                                   0.0027
        age               per 1 a            0.03125      1.0317  1.0161 to 1.0477  <0.0001
        steroids          1 vs 0             0.750        2.12    1.30   to 3.46     0.0027
        drug=adalimumab   vs infliximab     -0.500        0.61    0.23   to 1.62     0.3173
        drug=vedolizumab  vs infliximab     -1.250        0.29    0.11   to 0.76     0.0124

        Patients present at two hospitals are not detected in this version and count twice.

        """)
  }

  @Test func underAPenaltyThereAreNoTestsAndTheIntervalsSaySo() throws {
    let model = try SampleModel.decode(
      SampleModel.text.changing(SampleModel.ridge.old, to: SampleModel.ridge.new)
        .changing(SampleModel.simulated.old, to: SampleModel.simulated.new)
        .changing("\"filter\": []", to: #""filter": [{"variable": "age", "at_least": 18, "at_most": 65.5}]"#))
    #expect(
      ModelReport(model).text == """
        simulated   one process was the whole federation, under throw-away identities
        outcome     failure: Failure <within> 12 months & more
        model       logistic regression of study gut, plan gut-failure
        run         0123456789abcdef0123456789abcdef
        rows where  age at least 18 and at most 65.5
        records     240 rows, 96 events, 4 sites
        fit         log-likelihood -100.5000, 7 Newton steps
        penalty     ridge, λ = 2.5 on the standardised columns; 5.00 effective degrees of freedom of 5

        term              contrast       coefficient  odds ratio  95 % interval: shrunken,
                                                                             not for tests
        (intercept)                          1.500
        age               per 1 a            0.03125      1.0317          1.0161 to 1.0477
        steroids          1 vs 0             0.750        2.12            1.30   to 3.46
        drug=adalimumab   vs infliximab     -0.500        0.61            0.23   to 1.62
        drug=vedolizumab  vs infliximab     -1.250        0.29            0.11   to 0.76

        Patients present at two hospitals are not detected in this version and count twice.

        """)
    #expect(model.aic == nil && model.estimates.allSatisfy { $0.p == nil })
  }

  @Test func estimatesAreThoseOfTheNormalApproximation() throws {
    let model = try SampleModel.decode()
    let expected: [(ratio: Double, lower: Double, upper: Double, p: Double)] = [
      (1.0317434074991028, 1.0160654652389352, 1.0476632612127368, 6.334248366623993e-05),
      (2.117000016612675, 1.2969417641017402, 3.4555823510256647, 0.0026997960632601913),
      (0.6065306597126334, 0.2276417876587461, 1.6160453006234694, 0.31731050786291415),
      (0.2865047968601901, 0.10753036649616397, 0.763365747728825, 0.012419330651552278),
    ]
    for (estimate, expected) in zip(model.estimates.dropFirst(), expected) {
      #expect(isClose(estimate.oddsRatio, expected.ratio) && isClose(estimate.lower, expected.lower))
      #expect(isClose(estimate.upper, expected.upper) && isClose(estimate.p, expected.p))
    }
    #expect(model.aic == 211)
    #expect(model.estimates[0].oddsRatio == nil && isClose(model.estimates[0].p, 0.0026997960632601913))
  }

  @Test(.needsKonsil) func aRatioBeyondDoublesIsWrittenAsInfinite() throws {
    let text = try SampleModel.text.changing("\"coefficient\": 0.75", to: "\"coefficient\": 750")
    let model = try SampleModel.decode(text)
    let workspace = try Workspace()
    try workspace.write(text, to: "model.json")
    let json = try KonsilProcess.succeed(
      "model", "show", "--file", "model.json", "--json", in: workspace
    ).json()
    let estimate = try #require((json["coefficients"] as? [[String: Any]])?[2])
    #expect(estimate["odds_ratio"] as? String == "inf")
    #expect(ModelReport(model).text.contains(" inf      to inf "))
    #expect(ForestPlot(model).svg.contains("inf (inf to inf)"))
  }

  @Test func longNamesAreWrappedAndNoLineIsWiderThanATerminal() throws {
    let level = String(repeating: "a very long level ", count: 6) + "end"
    let text = SampleModel.text.replacingOccurrences(of: "adalimumab", with: level)
    let table = ModelReport(try SampleModel.decode(text)).text
    for line in table.split(separator: "\n") { #expect(line.count <= 100, "\(line)") }
    #expect(table.contains("end") && table.contains("0.3173"))
  }

  @Test func aRicherModelSaysHowItCameAboutAndHowWellItDoes() throws {
    #expect(
      ModelReport(try RichModel.decode()).text == """
        outcome    failure: Failure
        model      logistic regression of study gut, plan gut-rich
        records    240 rows, 96 events, 4 sites
        fit        log-likelihood -90.5000, 8 Newton steps
        intercept  each site keeps its own
        errors     robust, clustered by patient (230 patients)
        missing    a missing value counts as its column's mean; these must be there: stage

        term                 contrast             coefficient  odds ratio  95 % interval       p
        age                  per 10 a                   0.250        1.28   0.48 to 3.42  0.6171
        log1p(crp)           per 1 log1p                0.500        1.65   0.62 to 4.39  0.3173
        crp:missing          missing vs not            -0.250        0.78   0.29 to 2.08  0.6171
        hinge(bmi, 25)       per 1 kg/m2 over 25        0.125        1.13   0.43 to 3.02  0.8026
        albumin              spline term               -0.062                             0.9005
        albumin'             spline term                0.500                             0.3173
        stage                per level                  0.375        1.45   0.55 to 3.88  0.4533
        drug=adalimumab      vs infliximab             -0.500        0.61   0.23 to 1.62  0.3173
        drug=other           vs infliximab              0.750        2.12   0.79 to 5.64  0.1336
        location=L2          vs L1                      1.000        2.72   1.02 to 7.24  0.0455
        score                per 1                      0.062        1.06   0.40 to 2.84  0.9005
        age*drug=adalimumab  product                   -0.125        0.88   0.33 to 2.35  0.8026

        note         of
        merged       drug                        levels vedolizumab, ustekinumab are one, “other”
        few in cell  drug=other and location=L2  3 rows have both

        validation  5 folds, dealt anew 2 times
                    cross-validated figures are means over the repeats; the bins below are of the first
                    not in the validated models, since some part has too few rows: location=L2
                    Held-out parts are 4, not 5.

        measure                                 apparent   cross-validated  optimism
        AUC                                       0.7500            0.7000    0.0500
          bounds, from score bins       0.7475 to 0.7525  0.6975 to 0.7025
          standard error                          0.0300            0.0350
        AUC within sites                          0.7000
        Brier score                               0.2000            0.2100   -0.0100
        log-loss                                  0.6000            0.6250   -0.0250
        calibration slope                         1.0000            0.8000    0.2000
        calibration intercept, slope 1            0.0000           -0.0500    0.0500

        predicted  observed  events  rows
            0.220     0.200      16    80
            0.410     0.400      32    80
            0.570     0.600      48    80

        Patients present at two hospitals are not detected in this version and count twice.

        """)
  }

  @Test func cellsOfWhichTheSameIsSaidStandInOneLine() throws {
    let cell = { (pair: String, detail: String) in
      #"{"kind": "few-in-cell", "subject": "\#(pair)", "detail": "\#(detail)"}"#
    }
    let under = "under 5 rows have both"
    let notes = [
      cell("a and b", under), #"{"kind": "merged", "subject": "drug", "detail": "levels are one"}"#,
      cell("a and c", under), cell("cells", "30 in all; the first 2 are named"),
    ]
    let model = try SampleModel.decode(
      SampleModel.text.changing("\"notes\": []", to: "\"notes\": [\(notes.joined(separator: ", "))]"))
    #expect(
      ModelReport(model).text.contains(
        """
        note         of
        few in cell  2 pairs  under 5 rows have both: a and b; a and c
        merged       drug     levels are one
        few in cell  cells    30 in all; the first 2 are named

        """))
    // The document holds each by itself.
    #expect(model.notes.count == 4)
  }

  @Test func firthsIntervalsAndTestsAreThoseOfTheProfile() throws {
    let model = try SampleModel.decode(SampleModel.firth())
    let text = ModelReport(model).text
    #expect(
      text.contains("penalty  Firth's; intervals and p-values by the penalised likelihood ratio (profile)\n"))
    let header = try #require(text.split(separator: "\n").firstIndex { $0.hasPrefix("term ") })
    #expect(text.split(separator: "\n")[header + 1].trimmingCharacters(in: .whitespaces) == "(profile)")
    #expect(model.aic == nil && !model.isShrunken)
    let estimates = model.estimates
    #expect(estimates.prefix(4).allSatisfy { $0.p == 0.25 })
    #expect(isClose(estimates[2].lower, exp(0.25)) && isClose(estimates[2].upper, exp(1.25)))
    #expect(estimates[4].upper == .infinity && estimates[4].p == nil)
  }

  @Test func theStrengthThatWasFoundIsTold() throws {
    let found =
      #"{"kind": "ridge", "lambda": 31.622776601683793, "trials": ["#
      + #"{"lambda": 10, "deviance": 240}, {"lambda": 31.622776601683793, "deviance": 239}]}"#
    let model = try SampleModel.decode(
      SampleModel.text.changing(SampleModel.ridge.old, to: found)
        .changing("\"effective_degrees\": 5", to: "\"effective_degrees\": 3.25"))
    #expect(
      ModelReport(model).text.contains(
        """
        penalty  ridge, λ = 31.62 on the standardised columns, the best of 2 by cross-validated deviance;
                 3.25 effective degrees of freedom of 5

        """))
  }

  private func isClose(_ value: Double?, _ expected: Double) -> Bool {
    value.map { abs($0 - expected) <= 1e-14 * max(1, abs(expected)) } ?? false
  }
}
