/// A report of a few facts.
package struct FactsReport: Report {
  package let facts: [Fact]
  package let notes: [String]

  package struct Fact: Encodable, Sendable {
    package let name: String
    package let value: String
  }

  /// - Parameters:
  ///   - facts: names in words; in JSON they are keys in snake case.
  ///   - notes: what to do next.
  package init(_ facts: [(name: String, value: String)], notes: [String] = []) {
    self.facts = facts.map { Fact(name: $0.name, value: $0.value) }
    self.notes = notes
  }

  package var text: String { TextLines.facts(facts.map { ($0.name, $0.value) }) }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for fact in facts {
      try container.encode(
        fact.value, forKey: Key(stringValue: fact.name.replacing(" ", with: "_")))
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
