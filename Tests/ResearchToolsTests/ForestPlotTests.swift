import Foundation
import ResearchTools
import Testing

struct ForestPlotTests {
  @Test func everyTermHasItsLabelContrastAndRatio() throws {
    let texts = try #require(Drawing.texts(of: ForestPlot(SampleModel.decode()).svg))
    for expected in [
      "Failure <within> 12 months & more",
      "Odds ratios with 95 % intervals, logistic regression without penalty",
      "n = 240, 96 events, 4 sites; study gut, plan gut-failure", "Age", "for 1 year more",
      "1.0317 (1.0161 to 1.0477)", "Steroids", "yes against no", "2.12 (1.30 to 3.46)",
      "adalimumab against infliximab", "0.61 (0.23 to 1.62)", "vedolizumab against infliximab",
      "0.29 (0.11 to 0.76)", "odds ratio, logarithmic scale",
    ] {
      #expect(texts.contains(expected), "\(expected)")
    }
    #expect(!texts.contains { $0.hasPrefix("SIMULATED") || $0.hasPrefix("Shrunken") })
  }

  @Test func aShrunkenOrSimulatedModelIsHeadedSo() throws {
    let text = try SampleModel.text.changing(SampleModel.ridge.old, to: SampleModel.ridge.new)
      .changing(SampleModel.simulated.old, to: SampleModel.simulated.new)
    let texts = try #require(Drawing.texts(of: ForestPlot(SampleModel.decode(text)).svg))
    #expect(texts.contains("Shrunken by a ridge penalty (λ = 2.5): the intervals are not for tests"))
    #expect(texts.contains("SIMULATED: one process was the whole federation, under throw-away identities"))
    #expect(texts.contains("odds ratio (95 %, shrunken)"))
  }

  @Test func theAxisIsLogarithmicAndHoldsOneAndTheIntervals() throws {
    let svg = ForestPlot(try SampleModel.decode()).svg
    // The intervals reach from 0.108 to 3.46: 1/16 to 4 is the least range of doublings, on 380 to 690.
    for (tick, x) in [("0.0625", 380.0), ("0.25", 483.33), ("1", 586.67), ("4", 690.0)] {
      let place = x == x.rounded() ? "\(Int(x))" : "\(x)"
      #expect(svg.contains("<text x=\"\(place)\"") && svg.contains(">\(tick)</text>"), "\(tick)")
    }
    // 2.117 is 4 + log2(2.117) = 5.082 of 6 doublings from the left, less half a marker.
    #expect(svg.contains("<rect x=\"638.07\""))
  }

  @Test func anIntervalBeyondTheAxisEndsInAnArrow() throws {
    let svg = ForestPlot(
      try SampleModel.decode(SampleModel.text.changing("\"coefficient\": 0.75", to: "\"coefficient\": 40"))
    ).svg
    #expect(Drawing.texts(of: svg) != nil)
    #expect(svg.contains("<polygon points=\"698,"))
    #expect(!ForestPlot(try SampleModel.decode()).svg.contains("<polygon"))
  }

  @Test func labelsOfAnyTextStayInsideOfTheirColumn() throws {
    let label = "]]><script> & \\\"quotes\\\" " + String(repeating: "unbreakable", count: 30)
    let text = try SampleModel.text.changing("\"label\": \"Steroids\"", to: "\"label\": \"\(label)\"")
    let texts = try #require(Drawing.texts(of: ForestPlot(SampleModel.decode(text)).svg))
    #expect(texts.contains { $0.hasPrefix("]]><script> & \"quotes\"") })
    #expect(texts.contains { $0.hasSuffix("…") && $0.count == 46 })
  }

  @Test func everyKindOfTermSaysWhatItComparesAndASplineIsNotDrawn() throws {
    let texts = try #require(Drawing.texts(of: ForestPlot(RichModel.decode()).svg))
    for expected in [
      "for 10 years more", "for 1 more of log(1 + x)", "missing against recorded",
      "for 1 kg/m2 more above 25",
      "for one level up", "vedolizumab, ustekinumab against infliximab", "Age × Drug",
      "how the one's ratio changes with the other",
      "intervals robust against likeness between the rows of a patient",
      "Not shown: the spline of albumin. Each site keeps its own intercept.",
    ] {
      #expect(texts.contains(expected), "\(expected)")
    }
    #expect(!texts.contains("Albumin") && texts.contains("for 1 more"))
  }

  @Test func profileIntervalsAreHeadedSo() throws {
    let texts = try #require(Drawing.texts(of: ForestPlot(SampleModel.decode(SampleModel.firth())).svg))
    #expect(
      texts.contains(
        "Odds ratios with 95 % profile likelihood intervals, logistic regression with Firth's penalty"))
  }
}
