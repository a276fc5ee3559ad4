import Queries

extension ScoreTable {
  /// What a site learns of the scores of its own rows; it stays at the site.
  package var findings: [SiteFinding] {
    var findings: [SiteFinding] = []
    let areas = sets.map { Concordance(scores: $0.logits, outcome: $0.outcome).auc }
    if let apparent = areas.first ?? nil {
      findings.append(
        SiteFinding("auc_apparent", apparent, "AUC on this site's rows, which the model was fitted on"))
    }
    let validated = areas.dropFirst().compactMap(\.self)
    if !validated.isEmpty {
      findings.append(
        SiteFinding(
          "auc_cross_validated", validated.reduce(0, +) / Double(validated.count),
          "AUC on this site's rows, each held out of the fit, over the repeats"))
    }
    return findings
  }
}
