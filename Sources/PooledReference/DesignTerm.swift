extension PooledDesign {
  /// Columns of the table and how they enter the model.
  package indirect enum Term: Sendable, Equatable {
    /// Numbers with a decimal point.
    case numeric(String)
    /// One 0/1 column a level but the first, which is the reference; compared as exact text.
    case categorical(String, levels: [String])
    /// 0, 1, 2 … up the levels, compared as exact text.
    case ordinal(String, levels: [String])
    /// A function of numbers, divided by `per`.
    case transformed(String, Transformation, per: Double = 1)
    /// The products of every column of the first with every column of the second; missing where one
    /// is missing and the other not 0.
    case product(Term, Term)
    /// One 0/1 column a file but the first, with no penalty: intercepts of the sites. A file whose
    /// outcomes are all alike has no finite intercept and tells nothing: its rows are dropped.
    case sites

    /// The columns of the table that it rests on.
    var columns: [String] {
      switch self {
      case .numeric(let column), .categorical(let column, _), .ordinal(let column, _),
        .transformed(let column, _, _):
        [column]
      case .product(let first, let second): first.columns + second.columns
      case .sites: []
      }
    }
  }

  package enum Transformation: Sendable, Equatable {
    case identity
    case log
    /// `log(1 + x)`.
    case log1p
    /// `max(0, x - knot)`.
    case hinge(Double)
    /// A restricted cubic spline with these knots, ascending and at least 3.
    case spline(knots: [Double])
  }

  /// What becomes of a row that lacks a value of the model.
  package enum Missing: Sendable, Equatable {
    case dropped
    /// Each column's mean over the rows that have it stands in, and a 0/1 column a variable tells
    /// where, unless an earlier column is the same.
    case meanAndIndicator
  }
}
