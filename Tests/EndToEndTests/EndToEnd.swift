import KonsilTesting
import Testing

/// Tests with real processes, one federation at a time: there may be two processors for six processes.
@Suite(
  "Real processes", .serialized,
  .enabled(if: Program.areBuilt, "the programs are not built beside the tests"),
  .timeLimit(.minutes(4)))
enum EndToEnd {}
