import Cohorts

/// The `filter` of a plan: a variable's name to `{at_least, at_most}` or `{one_of: [..]}`.
enum FilterFields {
  static func read(_ value: DocumentValue) throws(DocumentError) -> CohortFilter {
    let entries = try value.namedEntries(.column)
    return CohortFilter(
      try entries.map { (entry) throws(DocumentError) in
        FilterCondition(variable: entry.key, test: try test(entry.value))
      })
  }

  private static func test(
    _ value: DocumentValue
  ) throws(DocumentError) -> FilterCondition.Test {
    let fields = try value.fields(["at_least", "at_most", "one_of"])
    let atLeast = try fields.optional("at_least")?.number()
    let atMost = try fields.optional("at_most")?.number()
    if let levels = fields.optional("one_of") {
      guard atLeast == nil, atMost == nil else {
        throw value.error("mixes one_of with an interval", "keep one of them")
      }
      return .oneOf(try levels.distinctTexts())
    }
    guard atLeast != nil || atMost != nil else {
      throw value.error("has no condition", "write at_least, at_most or one_of")
    }
    if let atLeast, let atMost, atLeast > atMost {
      throw value.error("has at_least above at_most", "write an interval that holds something")
    }
    return .between(atLeast: atLeast, atMost: atMost)
  }
}
