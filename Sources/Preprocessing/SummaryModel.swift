import Cohorts

/// The Table 1 of a cohort over the federation, with nothing in it that few rows make.
package struct SummaryModel: Equatable, Sendable, Codable {
  package let outcome: String
  /// Rows that meet the filter and have the outcome.
  package let rows: Int
  /// Rows with outcome 1; nil where these or the others are fewer than the least count.
  package let events: Int?
  package let sites: Int
  package let leastCount: Int
  /// In the order of the plan.
  package let variables: [SummaryVariable]
  package var notes: [SummaryNote]

  package init(
    outcome: String, rows: Int, events: Int?, sites: Int, leastCount: Int, variables: [SummaryVariable],
    notes: [SummaryNote]
  ) {
    self.outcome = outcome
    self.rows = rows
    self.events = events
    self.sites = sites
    self.leastCount = leastCount
    self.variables = variables
    self.notes = notes
  }
}

/// A count and how many of its rows have outcome 1. Each is nil where it, or what others leave over for it, is under
/// the least count, or where too few sites fill it.
package struct SummaryCount: Hashable, Sendable, Codable {
  package static let hidden = SummaryCount(rows: nil, events: nil)

  package let rows: Int?
  package let events: Int?

  package init(rows: Int?, events: Int?) {
    self.rows = rows
    self.events = events
  }
}

/// One variable of a Table 1.
package struct SummaryVariable: Hashable, Sendable, Codable {
  package let variable: Variable
  /// Rows with a value.
  package let present: SummaryCount
  package let missing: SummaryCount
  package let notApplicable: SummaryCount
  /// Of a continuous variable or a count; nil where it may not be shown.
  package let number: SummaryMoments?
  /// Of the other variables, merged ones last; a binary variable has `1`, then `0`. Empty where too few sites have
  /// more than one.
  package let levels: [SummaryLevel]

  package init(
    variable: Variable, present: SummaryCount, missing: SummaryCount, notApplicable: SummaryCount,
    number: SummaryMoments?, levels: [SummaryLevel]
  ) {
    self.variable = variable
    self.present = present
    self.missing = missing
    self.notApplicable = notApplicable
    self.number = number
    self.levels = levels
  }

  /// Share of the applicable rows that miss the value.
  package func missingShare(of model: SummaryModel) -> Double? {
    Self.share(missing.rows, model.rows, notApplicable.rows)
  }

  /// The same among the rows with or without the event.
  package func missingShare(of model: SummaryModel, withEvent: Bool) -> Double? {
    guard let events = model.events else { return nil }
    func part(_ count: SummaryCount) -> Int? {
      guard let rows = count.rows, let events = count.events else { return nil }
      return withEvent ? events : rows - events
    }
    return Self.share(part(missing), withEvent ? events : model.rows - events, part(notApplicable))
  }

  private static func share(_ part: Int?, _ all: Int, _ outside: Int?) -> Double? {
    guard let part, let outside, all > outside else { return nil }
    return Double(part) / Double(all - outside)
  }
}

/// A level, or several that are counted as one.
package struct SummaryLevel: Hashable, Sendable, Codable {
  /// The level's, or `other`; where rows without a value count among it, it says so.
  package let name: String
  /// The dictionary's levels that it is made of.
  package let levels: [String]
  package let count: SummaryCount

  package init(name: String, levels: [String], count: SummaryCount) {
    self.name = name
    self.levels = levels
    self.count = count
  }
}

/// Mean, deviation and quantiles of a variable, in its unit.
package struct SummaryMoments: Hashable, Sendable, Codable {
  package let mean: Double
  /// The standard deviation, with divisor rows - 1; nil where the range is too wide to tell.
  package let deviation: Double?
  /// Ascending by their shares; empty where there are too few rows.
  package let quantiles: [SummaryQuantile]
  /// Whether at each site the rows with a value stand for those without.
  package let isCompleted: Bool

  package init(mean: Double, deviation: Double?, quantiles: [SummaryQuantile], isCompleted: Bool) {
    self.mean = mean
    self.deviation = deviation
    self.quantiles = quantiles
    self.isCompleted = isCompleted
  }
}

/// The value below which a share of the rows lies.
package struct SummaryQuantile: Hashable, Sendable, Codable {
  /// 5 %, the quartiles and the median, 95 %.
  package static let shares = [0.05, 0.25, 0.5, 0.75, 0.95]

  package let share: Double
  /// nil where no more is known than the interval.
  package let value: Double?
  /// The interval that the exact quantile lies in.
  package let lower: Double
  package let upper: Double

  package init(share: Double, value: Double?, lower: Double, upper: Double) {
    self.share = share
    self.value = value
    self.lower = lower
    self.upper = upper
  }
}

/// What a reader must know of how a part of a table came about.
package struct SummaryNote: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// States of a variable are counted as one.
    case merged
    /// Some may not be shown.
    case notShown = "not-shown"
    /// Values stand for missing ones.
    case completed
    /// Rounded, lest the number of rows be told.
    case rounded
    case rangeTooWide = "range-too-wide"
    /// A site, in the place of a variable, that was lost on the way.
    case siteLost = "site-lost"
  }

  /// The variable's name.
  package let subject: String
  package let kind: Kind
  /// A sentence for people.
  package let detail: String

  package init(subject: String, kind: Kind, detail: String) {
    self.subject = subject
    self.kind = kind
    self.detail = detail
  }
}
