import CohortSimulation
import Connectors
import Federation
import Simulation

extension RecordsError: Complaining {
  package var complaint: Complaint {
    guard let problem = problems.first, problems.count == 1 else {
      return Complaint(.badInput, code: "bad-records", description)
    }
    let place = problem.line.map { "\(file):\($0)" } ?? file
    let column = problem.column.map { "\($0): " } ?? ""
    return Complaint(
      .badInput, code: "bad-records", "\(place): \(column)\(problem.problem)", advice: problem.advice)
  }
}

extension SimulationError: Complaining {
  package var complaint: Complaint { Complaint(.badInput, code: "bad-effects", description) }
}

extension SimulationFault: Complaining {
  package var complaint: Complaint {
    Complaint(.badInput, code: "bad-simulation", "\(site): \(detail)")
  }
}
