import Cohorts
import Connectors
import Testing

@Suite struct OnErrorTests {
  private let header = "id,crp,relapses,steroids,drug\n"

  private func inspect(
    _ rows: String, _ rule: OnError = .refuse, rowsPerPatient: Int = 1
  ) throws -> Reading {
    try CohortReader(
      columns: try sampleVariables(), recordKey: "id", mostRows: 100, mostRowsPerPatient: rowsPerPatient,
      onError: rule
    ).inspect(Array((header + rows).utf8), file: "r.csv")
  }

  private let rows = "p1,1,1,1,none\np2,501,1,1,none\np3,x,1,1,\u{FC}ber\np4,502,99,1,other\np5,2,1,0,none\n"

  @Test func refusingReportsEveryValue() throws {
    let reading = try inspect(rows)
    #expect(reading.refusal?.total == 5)
    #expect(reading.report.rows == 5 && reading.report.rowsInFile == 5)
    let faults = reading.report.faults.map { "\($0.column ?? "-") \($0.problem) \($0.count) \($0.lines)" }
    #expect(
      faults == [
        "crp is not a number 1 [4]", "crp is outside of the dictionary's range 2 [3, 5]",
        "relapses is outside of the dictionary's range 1 [5]",
        "drug is none of the dictionary's levels 1 [5]",
      ])
    #expect(reading.report.faults.allSatisfy { $0.effect == .refused })
    #expect(reading.outside["crp"] == [501, 502])
  }

  @Test func cellsCanBecomeMissing() throws {
    let reading = try inspect(rows, .missing)
    #expect(reading.refusal == nil)
    #expect(reading.report.rows == 5)
    let crp = try #require(reading.records.cohort["crp"])
    #expect((0..<5).map(crp.isMissing) == [false, true, true, true, false])
    #expect(reading.records.cohort["drug"] == .levels([0, 0, 2, -1, 0]))
    #expect(reading.report.madeMissing(in: "crp") == 3)
    #expect(reading.report.madeMissing(in: "drug") == 1)
    #expect(reading.report.madeMissing(in: "steroids") == 0)
  }

  @Test func rowsCanBeLeftOut() throws {
    let reading = try inspect(rows, .excludeRow)
    #expect(reading.refusal == nil)
    #expect(reading.records.keys == ["p1", "p5"])
    #expect(reading.records.lines == [2, 6])
    #expect(reading.records.cohort["crp"] == .numbers([1, 2]))
    #expect(reading.report.excluded == 3)
    // A key whose first row was left out is free.
    #expect(try inspect("p1,501,1,1,none\np1,1,1,1,none\n", .excludeRow).records.keys == ["p1"])
    #expect(
      try inspect("p1,501,1,1,none\n", .excludeRow).refusal?.description
        == "r.csv: has no row that fits the dictionary; look at what its rows are left out for")
  }

  @Test(arguments: OnError.allCases)
  func whichOfTwoRowsIsRightIsNeverDecided(rule: OnError) throws {
    let reading = try inspect("p1,1,1,1,none\np1,2,1,1,none\n", rule)
    #expect(reading.refusal?.problems.first?.line == 3)
    #expect(reading.records.keys == ["p1"])
  }

  @Test func whatIsWrongWithARowAsAWholeCanOnlyLeaveItOut() throws {
    for row in ["p1,1,1,1,none", ",1,1,1,none", "p2,1,1,1", "p2,1,1,1,none,"] {
      let text = "p1,1,1,1,none\n\(row)\n"
      #expect(try inspect(text, .missing).refusal?.total == 1, "\(row)")
      let reading = try inspect(text, .excludeRow)
      #expect(reading.refusal == nil, "\(row)")
      #expect(reading.records.keys == ["p1"] && reading.report.excluded == 1, "\(row)")
    }
  }

  @Test func aStudyMayAllowSeveralRowsAPatient() throws {
    let rows = "p1,1,1,1,none\np2,1,1,1,none\np1,2,1,1,none\np1,3,1,1,none\n"
    let reading = try inspect(rows, rowsPerPatient: 3)
    #expect(reading.refusal == nil)
    let patients = reading.records.cohort.patients
    #expect(patients == ["p1", "p2", "p1", "p1"].map { PatientNumber.of($0) })
    #expect(reading.records.cohort.mostRowsPerPatient == 3)
    #expect(
      try inspect(rows, rowsPerPatient: 2).refusal?.description
        == "r.csv:5: id: repeats the record key of line 2 and others; keep at most 2 rows for each patient, as the study says"
    )
  }

  // MARK: Not applicable and computed

  private func activity() throws -> [Variable] {
    let joints = try #require(ValueRange(lower: 0, upper: 28))
    let scale = try #require(ValueRange(lower: 0, upper: 100))
    let score = try #require(ValueRange(lower: 0, upper: 40))
    func number(_ name: String, _ kind: Variable.Kind) -> Variable {
      Variable(name: name, label: name, kind: kind, unit: nil, codes: [:], missing: [])
    }
    return [
      number("diagnosis", .categorical(levels: ["CD", "UC"])),
      Variable(
        name: "location", label: "L", kind: .categorical(levels: ["L1", "L2"]), unit: nil, codes: [:],
        missing: [], appliesWhen: FilterCondition(variable: "diagnosis", test: .oneOf(["CD"]))),
      Variable(
        name: "pouch", label: "P", kind: .binary, unit: nil, codes: [:], missing: [],
        appliesWhen: FilterCondition(variable: "tjc", test: .between(atLeast: 2, atMost: 10))),
      number("tjc", .count(joints)), number("ptga", .continuous(scale)),
      Variable(
        name: "cdai", label: "C", kind: .continuous(score), unit: nil, codes: [:], missing: [],
        formula: Formula([.init(variable: "tjc", factor: 1), .init(variable: "ptga", factor: 0.1)])),
    ]
  }

  private func inspect(_ text: String, columns: [String], _ rule: OnError = .refuse) throws -> Reading {
    let variables = try activity()
    let dictionary = StudyDictionary(
      name: "s", title: "S", purpose: "P", variables: variables, outcomes: [])
    return try CohortReader(
      columns: variables.filter { columns.contains($0.name) }, of: dictionary, recordKey: nil, mostRows: 9,
      onError: rule
    ).inspect(Array(text.utf8), file: "r.csv")
  }

  @Test func aValueWhereItDoesNotApplyIsReported() throws {
    let text = "diagnosis,location,pouch,tjc\nCD,L2,1,2\nUC,,,1\n,L1,1,\nUC,L1,1,11\n"
    let reading = try inspect(text, columns: ["location", "pouch"])
    #expect(
      reading.refusal?.description == """
        r.csv:5: location: is given though “location” applies only where diagnosis is CD; leave it empty there, or correct what it hangs on
        r.csv:5: pouch: is given though “pouch” applies only where tjc is at least 2 and at most 10; leave it empty there, or correct what it hangs on
        r.csv: 2 problems in all
        """)
    let missing = try inspect(text, columns: ["location", "pouch"], .missing)
    #expect(missing.refusal == nil)
    // Where the diagnosis is missing, the location stands.
    #expect(missing.records.cohort["location"] == .levels([1, -1, 0, -1]))
    #expect(missing.records.cohort["diagnosis"] == .levels([0, 1, -1, 1]))
    #expect(missing.report.madeMissing(in: "pouch") == 1)
  }

  @Test func aComputedVariableComesFromItsPartsAndNotFromTheFile() throws {
    let reading = try inspect("tjc,ptga,cdai\n4,55,1\n3,,7\n2,100,3\n", columns: ["cdai"])
    #expect(reading.refusal == nil)
    #expect(reading.report.computed == ["cdai"])
    guard case .numbers(let values) = reading.records.cohort["cdai"] else {
      Issue.record("cdai is not there")
      return
    }
    #expect(values[0] == 9.5 && values[1].isNaN && values[2] == 12)
    let high = try inspect("tjc,ptga\n28,100\n28,130\n", columns: ["cdai"], .missing)
    #expect(high.records.cohort["cdai"]?.isMissing(at: 1) == true)
    let out = try inspect("tjc,ptga\n3,100\n", columns: ["cdai"])
    #expect(out.records.cohort["cdai"] == .numbers([13]))
    #expect(
      try inspect("tjc\n3\n", columns: ["cdai", "tjc"]).report.absent.map(\.name) == ["cdai", "ptga"])
  }
}
