import Foundation
import Testing

@Suite("docs/secure-aggregation.md")
struct CitedTests {
  @Test("cites tests that there are")
  func exist() throws {
    let top = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let paper = try String(
      contentsOf: top.appendingPathComponent("docs/secure-aggregation.md"), encoding: .utf8)
    let tests = top.appendingPathComponent("Tests")
    var sources: [String] = []
    for target in try FileManager.default.contentsOfDirectory(atPath: tests.path)
    where target.hasSuffix("Tests") {
      let folder = tests.appendingPathComponent(target)
      for file in try FileManager.default.contentsOfDirectory(atPath: folder.path)
      where file.hasSuffix(".swift") {
        sources.append(try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8))
      }
    }
    let cited = Set(
      paper.matches(of: /`([A-Z][A-Za-z0-9]*Tests)(?:\.([a-z][A-Za-z0-9]*))?`/).map { match in
        [String(match.1)] + (match.2.map { [String($0)] } ?? [])
      })
    #expect(cited.count > 60)
    for names in cited.sorted(by: { $0.joined() < $1.joined() }) {
      let declarations = ["struct \(names[0]) "] + names.dropFirst().map { "func \($0)(" }
      #expect(
        sources.contains { source in declarations.allSatisfy { source.contains($0) } },
        "\(names.joined(separator: "."))")
    }
  }
}
