import Cohorts
import Connectors
import Foundation
import Testing

@Suite struct CohortReaderTests {
  private let header = "id,crp,relapses,steroids,drug,unused\n"

  private func read(_ text: String, mostRows: Int = 100) throws -> Records {
    try reader(mostRows: mostRows).read(Array(text.utf8), file: "r.csv")
  }

  private func reader(mostRows: Int = 100) throws -> CohortReader {
    CohortReader(columns: try sampleVariables(), recordKey: "id", mostRows: mostRows)
  }

  private func complaint(about text: String, mostRows: Int = 100) throws -> String {
    let reader = try reader(mostRows: mostRows)
    do throws(RecordsError) {
      _ = try reader.read(Array(text.utf8), file: "r.csv")
      return ""
    } catch {
      return error.description
    }
  }

  @Test func columnsAreTypedByTheDictionary() throws {
    let records = try read(
      header + "p1,12.5,3,1,none,x\np2, 0 ,20.0,0.0,\"a, b\",\"y,\"\"z\"\np3,5e2,0,1,\u{FC}ber,\n")
    #expect(records.keys == ["p1", "p2", "p3"])
    #expect(records.cohort.rowCount == 3)
    #expect(records.cohort.columnNames == ["crp", "drug", "relapses", "steroids"])
    #expect(records.cohort["crp"] == .numbers([12.5, 0, 500]))
    #expect(records.cohort["relapses"] == .numbers([3, 20, 0]))
    #expect(records.cohort["steroids"] == .numbers([1, 0, 1]))
    #expect(records.cohort["drug"] == .levels([0, 1, 2]))
    #expect(records.cohort["unused"] == nil)
  }

  @Test func emptyCellsAndMissingCodesAreMissing() throws {
    let cohort = try read(header + "p1,,,,,\np2,NA, ,\"\",?,\np3,-9,1,1,none,\n").cohort
    for name in cohort.columnNames {
      let column = try #require(cohort[name])
      #expect((0..<3).map(column.isMissing) == [true, true, false || name == "crp"], "\(name)")
    }
  }

  /// The order in the file does not matter, and columns may stand anywhere.
  @Test func columnsAreFoundByName() throws {
    let records = try read("drug,\"crp\", steroids ,x,relapses,id\nnone,1,0,x,2,p1\n")
    #expect(records.cohort["crp"] == .numbers([1]))
    #expect(records.cohort["relapses"] == .numbers([2]))
    #expect(records.keys == ["p1"])
  }

  @Test func anOutcomeIsReadLikeAVariable() throws {
    let outcome = Outcome(name: "failure", label: "Failure", definition: "Stopped")
    let dictionary = StudyDictionary(
      name: "s", title: "S", purpose: "P", variables: try sampleVariables(), outcomes: [outcome])
    let reader = CohortReader(dictionary: dictionary, recordKey: nil, mostRows: 10)
    let text = "crp,relapses,steroids,drug,failure\n1,2,0,none,1\n1,2,0,none,\n"
    let records = try reader.read(Array(text.utf8), file: "r.csv")
    let column = try #require(records.cohort["failure"])
    #expect((0..<2).map(column.isMissing) == [false, true])
    #expect(records.keys.isEmpty)
  }

  @Test(arguments: [
    (
      "p1,twelve,1,1,none,",
      "2: crp: is not a number, expected a number from 0 to 500 mg/L, with a decimal point; correct it or leave it empty"
    ),
    (
      "p1,\"12,5\",1,1,none,",
      "2: crp: is not a number, expected a number from 0 to 500 mg/L, with a decimal point; correct it or leave it empty"
    ),
    (
      "p1,500.1,1,1,none,",
      "2: crp: is outside of the dictionary's range, expected a number from 0 to 500 mg/L, with a decimal point; correct it or leave it empty"
    ),
    (
      "p1,1,1.5,1,none,",
      "2: relapses: is not a whole number, expected a whole number from 0 to 20; correct it or leave it empty"
    ),
    (
      "p1,1,21,1,none,",
      "2: relapses: is outside of the dictionary's range, expected a whole number from 0 to 20; correct it or leave it empty"
    ),
    (
      "p1,1,1,2,none,",
      "2: steroids: is neither 0 nor 1, expected 0 or 1; correct it or leave it empty"
    ),
    (
      "p1,1,1,true,none,",
      "2: steroids: is not a number, expected 0 or 1; correct it or leave it empty"
    ),
    (
      "p1,1,1,1,None,",
      "2: drug: is none of the dictionary's levels, expected one of none, a, b, \u{FC}ber; correct it or leave it empty"
    ),
    (
      "p1,1,1,1,none",
      "2: has 5 cells where the header has 6; give every row one cell a column, and quote cells that hold a delimiter"
    ),
    (" ,1,1,1,none,", "2: id: is empty; give every record the patient's pseudonym"),
  ])
  func aValueThatDoesNotFitIsNamedByItsPlace(row: String, expected: String) throws {
    #expect(try complaint(about: header + row + "\n") == "r.csv:\(expected)")
  }

  @Test func aRepeatedRecordKeyIsRefused() throws {
    #expect(
      try complaint(about: header + "p1,1,1,1,none,\np2,1,1,1,none,\n p1 ,2,1,1,none,\n")
        == "r.csv:4: id: repeats the record key of line 2; keep one row for each patient")
    #expect(
      try complaint(about: header + "p1,1,1,1,none,\np2,1,1,1,none,\n p1 ,1,1,1,none,x\n")
        == "r.csv:4: id: is an exact copy of line 2; remove one of the two")
  }

  @Test func aFileWithoutRecordsIsRefused() throws {
    #expect(
      try complaint(about: "")
        == "r.csv: is empty; give a header row with the columns' names, then the records")
    #expect(try complaint(about: header) == "r.csv: holds no records; add rows below the header")
  }

  @Test func moreRowsThanTheStudyAllowsAreRefused() throws {
    let text = header + "p1,1,1,1,none,\np2,1,1,1,none,\np3,1,1,1,none,\n"
    #expect(try read(text, mostRows: 3).cohort.rowCount == 3)
    #expect(
      try complaint(about: text, mostRows: 2)
        == "r.csv:4: has more than the study's 2 rows a site; choose the records of the study, or ask its owner for a larger study"
    )
  }

  @Test func columnsThatAreNotThereAreNamed() throws {
    #expect(
      try complaint(about: "ID,crp,steroids,drug\np1,1,1,none\n") == """
        r.csv:1: relapses: is not among the columns; add the column, or rename the one that holds it; the first row must hold the names
        r.csv:1: id: is not among the columns; rename column 1, which is so named but for upper case
        r.csv: 2 problems in all
        """)
  }

  @Test func aRepeatedColumnIsRefused() throws {
    #expect(
      try complaint(about: "id,crp,relapses,steroids,drug,crp\np1,1,1,1,none,2\n")
        == "r.csv:1: crp: has columns 2 and 6 of the same name; rename or remove one")
    #expect(
      try complaint(about: "id,crp,relapses,steroids,drug,x,x\np1,1,1,1,none,2,2\n")
        == "r.csv:1: has columns 6 and 7 of the same name; rename or remove one")
  }

  @Test func aBrokenFormatIsNamedByItsLineAfterWhatWasFoundBefore() throws {
    #expect(
      try complaint(about: header + "p1,x,1,1,none,\np2,1,1,1,\"none,\n") == """
        r.csv:2: crp: is not a number, expected a number from 0 to 500 mg/L, with a decimal point; correct it or leave it empty
        r.csv:3: opens a quote that is never closed; close it, or double it
        r.csv: 2 problems in all
        """)
  }

  @Test func twentyProblemsAreShownAndAllAreCounted() throws {
    let rows = (1...57).map { "p\($0),1,1,1,other,\n" }.joined()
    let lines = try complaint(about: header + rows).split(separator: "\n")
    #expect(lines.count == 21)
    #expect(lines[19].hasPrefix("r.csv:21: drug: is none of the dictionary's levels"))
    #expect(lines[20] == "r.csv: 57 problems in all, the first 20 shown")
  }

  /// A value that stands nowhere but in the records is in none of the messages about them, wherever it
  /// stands and whatever is wrong with it or around it.
  @Test func noMessageHoldsAValueOfARecord() throws {
    let sentinel = "S3NTINEL"
    var said: [String] = []
    for column in 0..<6 {
      var cells = ["p1", "1", "1", "1", "none", ""]
      cells[column] = sentinel
      let row = cells.joined(separator: ",") + "\n"
      let quoted = row.replacing(sentinel, with: "\"\(sentinel)\"x")
      let open = row.replacing(sentinel, with: "\"\(sentinel)")
      let inside = row.replacing(sentinel, with: "\(sentinel)\"")
      let bodies = [row + row, sentinel + "," + row, quoted, open, inside, row + "\r" + row]
      for body in bodies {
        said.append(try complaint(about: header + body))
        // Without a header, the first record stands in its place.
        said.append(try complaint(about: body))
        said.append(try complaint(about: body.replacing(",", with: ";")))
      }
      said.append(try complaint(about: "\(sentinel),\(sentinel),crp,crp\n\(row)"))
      said.append(try complaint(about: header + row + row, mostRows: 1))
    }
    #expect(said.count == 6 * 20)
    #expect(said.allSatisfy { !$0.isEmpty && !$0.contains(sentinel) })
  }

  @Test func aFileIsReadLikeItsBytes() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "konsil-records-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("r.csv")
    let rows = (1...20_000).map { "p\($0),\($0 % 500),1,1,none,\"some, text\"\n" }.joined()
    try Data((header + rows).utf8).write(to: file)
    let records = try reader(mostRows: 20_000).read(file: file.path)
    let expected = try read(header + rows, mostRows: 20_000)
    #expect(records.cohort == expected.cohort)
    #expect(records.keys == expected.keys)

    let missing = folder.appendingPathComponent("absent.csv").path
    #expect(
      try unreadable(missing)
        == "\(missing): cannot be read: No such file or directory; check the path, and that this account may read the file"
    )
    #expect(try unreadable(folder.path).hasPrefix("\(folder.path): cannot be read: "))
  }

  private func unreadable(_ path: String) throws -> String {
    let reader = try reader()
    do throws(RecordsError) {
      _ = try reader.read(file: path)
      return ""
    } catch {
      return error.description
    }
  }
}
