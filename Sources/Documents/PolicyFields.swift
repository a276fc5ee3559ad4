import Federation

/// The `policy` of a site. What it does not name is refused.
enum PolicyFields {
  static func read(_ value: DocumentValue) throws(DocumentError) -> Policy {
    let fields = try value.fields([
      "studies", "algorithms", "researchers", "least_sites", "least_rows", "least_count",
      "approval", "most_numbers_per_row", "tolerant", "after_loss",
    ])
    let closed = Policy.closed
    let approval = try fields.optional("approval")?.choice(Policy.Approval.self)
    return Policy(
      studies: try fields.optional("studies")?.distinctNames(.column, mayBeEmpty: true) ?? [],
      algorithms: try fields.optional("algorithms")?.distinctWords(of: Algorithm.names, mayBeEmpty: true)
        ?? [],
      researchers: try fields.optional("researchers")?.distinctNames(.party, mayBeEmpty: true) ?? [],
      leastSites: try fields.optional("least_sites")?.wholeNumber(in: 3...10_000) ?? closed.leastSites,
      leastRows: try fields.optional("least_rows")?.wholeNumber(in: 1...1_000_000_000) ?? closed.leastRows,
      leastCount: try fields.optional("least_count")?.wholeNumber(in: 1...1_000_000) ?? closed.leastCount,
      approval: approval ?? closed.approval,
      mostNumbersPerRow: try fields.optional("most_numbers_per_row").map { (value) throws(DocumentError) in
        try value.number("a number above 0") { $0 > 0 }
      },
      allowsTolerant: try fields.optional("tolerant").map(acceptsTolerant) ?? false,
      endsAfterLoss: try fields.optional("after_loss")?.word(of: ["continue", "end"]) == "end")
  }

  /// The sentence that says what `membership: tolerant` gives away, word for word; lines and spaces may differ.
  private static func acceptsTolerant(_ value: DocumentValue) throws(DocumentError) -> Bool {
    let words = try value.text().split(whereSeparator: \.isWhitespace)
    guard words == Policy.tolerantSentence.split(separator: " ") else {
      throw value.error(
        "is not the sentence that allows “membership: tolerant”",
        "remove the key, or write: \(Policy.tolerantSentence)")
    }
    return true
  }
}
