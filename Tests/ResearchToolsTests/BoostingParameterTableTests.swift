import Boosting
import KonsilTesting
import Testing

/// The parameters in the document are those that the program has.
struct BoostingParameterTableTests {
  @Test func theDataModelHasTheTable() throws {
    let table = BoostingParameter.all.map {
      "| `\($0.name)` | \($0.bounds) | \($0.standard) | \($0.help) |"
    }.joined(separator: "\n")
    let document = try Checkout.text("docs/data-model.md")
    #expect(document.contains("| --- | --- | --- | --- |\n\(table)\n\n"), "the table is\n\(table)")
  }
}
