import Console
import Federation
import SecureAggregation

/// The plans that were offered to this site.
package struct PlansReport: Report {
  package let plans: [PlanStanding]

  package var text: String {
    guard !plans.isEmpty else { return "no plan was offered yet\n" }
    return TextTable(
      columns: [
        .init(header: "digest"), .init(header: "plan"), .init(header: "study"),
        .init(header: "state"), .init(header: "why", mayWrap: true),
      ],
      rows: plans.map {
        [
          String($0.plan.hexadecimal.prefix(12)), $0.name, $0.study, $0.state.rawValue,
          $0.reasons.joined(separator: "; "),
        ]
      }
    ).text
  }
}
