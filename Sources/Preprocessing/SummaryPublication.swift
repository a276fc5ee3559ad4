import Cohorts

extension SummaryModel {
  /// What of the steps' sums may be published.
  init(_ steps: SummarySteps) {
    let counts = steps.counts
    let least = max(steps.frame.leastCount, 1)
    let tellsEvents = min(counts.events, counts.rows - counts.events) >= least
    let shown = SummaryShown.all(steps, least: least)
    let tables = steps.frame.tabled.indices.map { index in
      SummaryPublication(
        variable: steps.variables[index], shown: shown[index],
        number: steps.numbers.first { $0.variable == index })
    }
    self.init(
      outcome: steps.frame.specification.outcome, rows: counts.rows,
      events: tellsEvents ? counts.events : nil, sites: steps.frame.sites, leastCount: least,
      variables: tables.map(\.table), notes: tables.flatMap(\.notes))
  }
}

/// One variable's part of a table and the notes on it.
private struct SummaryPublication {
  let variable: Variable
  let shown: SummaryShown
  let number: SummaryNumber?

  private var states: SummaryStates { shown.states }

  var table: SummaryVariable {
    SummaryVariable(
      variable: variable, present: shown.present, missing: shown.count(of: states.missing),
      notApplicable: shown.count(of: states.notApplicable), number: moments, levels: levels)
  }

  private var levels: [SummaryLevel] {
    guard variable.summarisedRange == nil, !shown.isUnknown else { return [] }
    let merged = shown.groups.indices.filter {
      shown.groups[$0].states.count > 1 && shown.groups[$0].states.contains(where: shown.isLevel)
    }
    let hidden = merged.flatMap { shown.groups[$0].states }
    let single = states.levels.indices.filter { !hidden.contains($0) }.map { level in
      SummaryLevel(
        name: states.levels[level], levels: [states.levels[level]], count: shown.count(of: level))
    }
    return single
      + merged.map { index in
        let among = shown.groups[index].states
        return SummaryLevel(
          name: name(among), levels: among.filter(shown.isLevel).map { states.levels[$0] },
          count: shown.shown[index])
      }
  }

  private func name(_ among: [Int]) -> String {
    let levels = among.filter(shown.isLevel)
    let other = states.levels.contains("other") ? "other (merged)" : "other"
    let names =
      [levels.count == 1 ? states.levels[levels[0]] : other]
      + (among.contains(states.missing) ? ["missing"] : [])
      + (among.contains(states.notApplicable) ? ["not applicable"] : [])
    return names.joined(separator: " or ")
  }

  /// Whether the number of rows that the mean is over is hidden.
  private var hidesRows: Bool {
    number.map { number in
      !number.isCompleted
        && !shown.groups.indices.contains {
          shown.groups[$0].states == [0] && shown.shown[$0].rows != nil
        }
    } ?? false
  }

  private var moments: SummaryMoments? {
    number.map { number in
      let deviation = number.deviation.map {
        $0 * (Double(number.rows) / Double(max(number.rows - 1, 1))).squareRoot()
      }
      func published(_ value: Double) -> Double {
        hidesRows ? SummaryDisclosure.rounded(value, deviation: deviation ?? number.range.width) : value
      }
      return SummaryMoments(
        mean: published(number.mean), deviation: deviation.map(published),
        quantiles: quantiles(of: number.search, published), isCompleted: number.isCompleted)
    }
  }

  private func quantiles(of search: QuantileSearch, _ published: (Double) -> Double) -> [SummaryQuantile] {
    guard search.cells.count > 1 || search.cells.first?.core != nil else { return [] }
    let isWhole = if case .count = variable.kind { true } else { false }
    return SummaryQuantile.shares.compactMap { share in
      guard let place = search.cell(ofShare: share) else { return nil }
      let cell = search.cells[place]
      // At an end, where a cell is no more than what is left over, its far end is the dictionary's.
      let isKnown = cell.core != nil || (place > 0 && place < search.cells.count - 1)
      let value = search.quantile(share)
      return SummaryQuantile(
        share: share, value: isKnown ? published(isWhole ? value.rounded() : value) : nil, lower: cell.lower,
        upper: cell.upper)
    }
  }

  var notes: [SummaryNote] {
    var notes: [SummaryNote] = []
    func note(_ kind: SummaryNote.Kind, _ detail: String) {
      notes.append(SummaryNote(subject: variable.name, kind: kind, detail: detail))
    }
    let few = "fewer than \(SummaryGrouping.leastSites) sites"
    for group in shown.groups where group.states.count > 1 && !shown.isUnknown {
      let names = group.states.map(stateName).joined(separator: ", ")
      note(.merged, "\(names) are counted as one: alone, \(few) share one of them")
    }
    if shown.isUnknown, number == nil {
      note(.notShown, "\(few) differ in whether and which values there are")
    } else if variable.summarisedRange != nil, number == nil {
      note(.notShown, "\(few) have values that differ, or too few rows have one")
    }
    guard let number else { return notes }
    if number.isCompleted {
      note(
        .completed,
        "\(few) miss some values, so how many is not counted; at each site the values that are there stand for "
          + "those that are not")
    }
    if number.deviation == nil {
      note(.rangeTooWide, "the range is over 2^24 times the standard deviation; narrow it in the dictionary")
    }
    if hidesRows {
      note(
        .rounded, "rounded to a tenth of the deviation or finer, since the rows with a value are not shown")
    }
    return notes
  }

  private func stateName(_ state: Int) -> String {
    switch state {
    case states.missing: "missing"
    case states.notApplicable: "not applicable"
    default: "“\(states.levels[state])”"
    }
  }
}
