import Evaluation
import LinearAlgebra
import Preprocessing
import Queries

/// What a logistic regression has found so far.
struct LogisticFindings: Codable, Sendable {
  var lambda = 0.0
  var lambdaPath: [LambdaPoint]?
  var whole: FitResult?
  var newtonSteps = 0
  /// Parameters of the training sets' fits; nil where one has none.
  var trained: [[Double]?] = []
  /// Columns that these fits are without, and why.
  var leftOut: [FitFailure] = []
  /// Why one has none.
  var failure: AnalysisError?
  var profile: [ProfileInterval]?
  /// The middle of the sandwich.
  var middle: SymmetricMatrix?

  /// Rows of the rarer outcome for each column without which estimates are unsure (Peduzzi and others, Journal of
  /// Clinical Epidemiology 1996;49:1373-1379).
  private static let eventsForColumn = 10

  var parameters: [Double] { whole?.parameters ?? [] }

  func model(_ frame: LogisticFrame, _ known: FitSets, _ performances: [Performance]?) -> LogisticModel {
    let order = known.shape.order(0)
    let covariance = whole?.covariance ?? SymmetricMatrix(order: order)
    let scale = OriginalScale(known.standardisation, hasIntercept: known.hasIntercept)
    let information = whole?.information ?? SymmetricMatrix(order: order)
    let degrees = (0..<order).reduce(0.0) { sum, row in
      (0..<order).reduce(sum) { $0 + covariance[row, $1] * information[row, $1] }
    }
    let penalty: LogisticSpecification.Penalty =
      frame.specification.penalty == .ridgeAuto ? .ridge(lambda: lambda) : frame.specification.penalty
    return LogisticModel(
      outcome: known.design.outcome, columns: known.design.columns, hasIntercept: known.hasIntercept,
      coefficients: scale.coefficients(parameters),
      covariance: scale.covariance(robust(covariance, frame, known, order)),
      covarianceKind: kind(frame, known), profile: profile, logLikelihood: whole?.logLikelihood ?? .nan,
      penalty: penalty, effectiveDegrees: degrees, lambdaPath: lambdaPath, fill: known.standardisation.means,
      missing: known.design.missing, required: known.design.required, unseen: known.design.unseenLevels,
      rows: known.counts.rows,
      events: known.counts.events, sites: known.sites,
      newtonSteps: newtonSteps, notes: known.design.notes + notes(frame, known),
      validation: performances.flatMap { report(frame, known, $0) })
  }

  private func kind(_ frame: LogisticFrame, _ known: FitSets) -> LogisticModel.CovarianceKind {
    guard middle != nil else { return .model }
    return frame.specification.standardErrors == .cluster
      ? .cluster(patients: known.counts.patients) : .robust
  }

  private func robust(
    _ covariance: SymmetricMatrix, _ frame: LogisticFrame, _ known: FitSets, _ order: Int
  ) -> SymmetricMatrix {
    guard let middle else { return covariance }
    guard frame.specification.standardErrors == .cluster else {
      return covariance.sandwich(middle, factor: 1)
    }
    let (patients, rows) = (Double(known.counts.patients), Double(known.counts.rows))
    // Intercepts of the sites' own are parameters, too.
    let parameters = Double(order + (known.hasIntercept ? 0 : known.sites))
    return covariance.sandwich(
      middle, factor: patients / (patients - 1) * (rows - 1) / max(rows - parameters, 1))
  }

  private func notes(_ frame: LogisticFrame, _ known: FitSets) -> [DesignNote] {
    var notes: [DesignNote] = []
    if known.design.missing == .meanAndIndicator, !known.design.imputed.isEmpty {
      notes.append(
        DesignNote(
          .method, "missing",
          "a missing value counts as its column's mean: single imputation understates standard errors"))
    }
    let rarer = min(known.counts.events, known.counts.rows - known.counts.events)
    let columns = known.design.columns.count
    if frame.specification.penalty == .none, rarer < Self.eventsForColumn * columns {
      notes.append(
        DesignNote(
          .method, "events",
          "\(rarer) rows of the rarer outcome for \(columns) columns: under \(Self.eventsForColumn) each, "
            + "coefficients tend to be too large, and a penalty predicts better"))
    }
    if frame.specification.validation != nil {
      if known.dealing == nil {
        notes.append(DesignNote(.method, "validation", "there is none: \(LogisticProgram.reason(known))"))
      } else if let failure {
        notes.append(DesignNote(.method, "validation", "there is none: in some part \(failure.message)"))
      }
    }
    return notes
  }

  private func report(
    _ frame: LogisticFrame, _ known: FitSets, _ performances: [Performance]
  ) -> ValidationReport? {
    guard let dealing = known.dealing, let partition = known.partition,
      let mean = Performance.mean(of: Array(performances.dropFirst()))
    else { return nil }
    let leftOut =
      partition.leftOut
      + self.leftOut.compactMap { failure in
        failure.column.map { ($0, "without some part it \(Self.words(failure.error.code))") }
      }
    var groups: [[String]]?
    if case .groups(let named)? = frame.specification.validation { groups = named }
    return ValidationReport(
      folds: dealing.parts, repeats: partition.frame.repeats, groups: groups,
      leftOut: leftOut.map(\.column), apparent: performances[0], crossValidated: mean,
      repeatAUC: performances.dropFirst().map(\.auc),
      notes: Self.words(leftOut) + notes(frame, known, dealing))
  }

  private static func words(_ code: AnalysisError.Code) -> String {
    code == .aliased ? "follows from other columns" : "separates the outcome"
  }

  /// One line for each reason.
  private static func words(_ leftOut: [(column: String, reason: String)]) -> [String] {
    guard !leftOut.isEmpty else { return [] }
    let reasons = leftOut.map(\.reason).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return reasons.map { reason in
      let columns = leftOut.filter { $0.reason == reason }.map(\.column)
      return "not in the validated models, since \(reason): \(columns.joined(separator: ", "))"
    } + ["the apparent figures are of the whole model, with these columns"]
  }

  private func notes(_ frame: LogisticFrame, _ known: FitSets, _ dealing: Dealing) -> [String] {
    var notes: [String] = []
    if case .folds(let wanted, _, _)? = frame.specification.validation, dealing.parts < wanted {
      notes.append(
        "\(dealing.parts) parts in place of \(wanted): with more, some part has too few rows of a level")
    }
    switch dealing.scheme {
    case .dealt: notes.append("rows of rare levels are dealt so that every part has its share")
    case .gathered:
      notes.append("rows of a rare level are in as many parts as it fills with the least count, not in all")
    case .hashed, .sites: break
    }
    if frame.specification.penalty == .ridgeAuto {
      notes.append("the penalty was chosen on all rows, so these figures are a little too good")
    }
    if known.design.terms.contains(where: { $0.knots != nil }) {
      notes.append(
        "knots of splines are those of all rows: they are placed without a look at the outcome, and not anew "
          + "in each part")
    }
    return notes
  }
}
