import Cohorts
import Console
import Federation
import Preprocessing
import SecureAggregation

/// What a study is: who takes part, under which limits, and its variables.
package struct StudyReport: Report {
  struct PartyEntry: Encodable {
    let name: String
    let role: String
    let fingerprint: String
  }

  struct VariableEntry: Encodable {
    let name: String
    let label: String
    let type: String
    let unit: String?
    let range: [Double]?
    let levels: [String]?
    /// Where it has a meaning; absent where that is everywhere.
    let appliesWhen: String?
    /// How it is computed; absent where it is recorded.
    let computed: String?
    let codes: [String: String]
  }

  struct OutcomeEntry: Encodable {
    let name: String
    let label: String
    let definition: String
  }

  struct Limits: Encodable {
    let leastSites: Int
    let leastRows: Int
    let leastCount: Int
    let mostRowsPerSite: Int
    let mostRowsPerPatient: Int
    let support: String
  }

  let file: String
  let name: String
  let title: String
  let purpose: String
  /// SHA-256 of the file's bytes; plans name it.
  let digest: String
  let signature: SignatureState
  let recordKey: String
  let limits: Limits
  let parties: [PartyEntry]
  let variables: [VariableEntry]
  let outcomes: [OutcomeEntry]

  init(_ file: StudyFile) {
    let study = file.study
    self.file = file.path
    name = study.name
    title = study.dictionary.title
    purpose = study.dictionary.purpose
    digest = file.digest.hexadecimal
    signature = SignatureState(of: file.path, label: .study)
    recordKey = study.recordKey
    limits = Limits(
      leastSites: study.limits.leastSites, leastRows: study.limits.leastRows,
      leastCount: study.limits.leastCount, mostRowsPerSite: study.limits.mostRowsPerSite,
      mostRowsPerPatient: study.limits.mostRowsPerPatient, support: study.limits.support.rawValue)
    parties =
      study.sites.map { PartyEntry(name: $0.name, role: "site", fingerprint: $0.key.fingerprint) }
      + study.researchers.map {
        PartyEntry(name: $0.name, role: "researcher", fingerprint: $0.key.fingerprint)
      }
    variables = study.dictionary.variables.map { variable in
      let entry = ModelVariable(variable)
      return VariableEntry(
        name: entry.name, label: entry.label, type: entry.type.rawValue, unit: entry.unit,
        range: entry.range, levels: entry.levels,
        appliesWhen: variable.appliesWhen.map { ModelCondition($0).words },
        computed: variable.formula?.words, codes: variable.codes)
    }
    outcomes = study.dictionary.outcomes.map {
      OutcomeEntry(name: $0.name, label: $0.label, definition: $0.definition)
    }
  }

  package var text: String {
    let facts = TextLines.facts([
      ("study", "\(name): \(title)"), ("file", file), ("digest", digest),
      ("signature", signature.words), ("purpose", purpose), ("record key", recordKey),
      (
        "limits",
        "at least \(limits.leastSites) sites, \(limits.leastRows) rows, \(limits.leastCount) a published count; "
          + "at most \(limits.mostRowsPerSite) rows a site"
      ),
      (
        "patients",
        limits.mostRowsPerPatient == 1
          ? "one row each" : "at most \(limits.mostRowsPerPatient) rows each at a site"
      ),
      (
        "rare cells",
        limits.support == SupportChoice.columns.rawValue
          ? "those of two columns are counted and named" : "those of two columns are merged away"
      ),
    ])
    return [facts, partyTable, variableTable, outcomeTable].joined(separator: "\n")
  }

  private var partyTable: String {
    TextTable(
      columns: [
        .init(header: "party", mayWrap: true), .init(header: "role"), .init(header: "fingerprint"),
      ],
      rows: parties.map { [$0.name, $0.role, $0.fingerprint] }
    ).text
  }

  private var variableTable: String {
    TextTable(
      columns: [
        .init(header: "variable", mayWrap: true), .init(header: "type"), .init(header: "unit"),
        .init(header: "values", mayWrap: true), .init(header: "label", mayWrap: true),
      ],
      rows: variables.map { [$0.name, $0.type, $0.unit ?? "", $0.values, $0.label] }
    ).text
  }

  private var outcomeTable: String {
    TextTable(
      columns: [
        .init(header: "outcome", mayWrap: true), .init(header: "definition", mayWrap: true),
      ],
      rows: outcomes.map { [$0.name, "\($0.label). \($0.definition)"] }
    ).text
  }
}

extension StudyReport.VariableEntry {
  fileprivate var values: String {
    let whole =
      levels.map { $0.joined(separator: ", ") }
      ?? range.map { $0.map(NumberText.shortest).joined(separator: " to ") } ?? "0 or 1"
    return [whole, computed.map { "= \($0)" }, appliesWhen.map { "where \($0)" }].compactMap(\.self)
      .joined(separator: "; ")
  }
}

extension Formula {
  fileprivate var words: String {
    parts.map { part in
      part.factor == 1 ? part.variable : "\(NumberText.shortest(part.factor)) \(part.variable)"
    }.joined(separator: " + ")
  }
}
