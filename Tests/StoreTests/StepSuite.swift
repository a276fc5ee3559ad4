import Federation
import Queries
import Store
import Testing

@Suite("Steps and ends, in every back end")
struct StepSuite {
  private func save(_ records: [StepRecord], to store: any RunStore, run: String = "r1") throws {
    for record in records {
      try store.saveSteps(run, [record], at: StoreFixture.time(Int64(record.step)))
    }
  }

  @Test("A step comes back with its sum", arguments: BackEnd.allCases)
  func steps(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      try StoreFixture.addRun("r2", to: store)
      let records = [
        try StoreFixture.record(1), try StoreFixture.record(2, sum: nil),
        try StoreFixture.record(3, parameters: [], sum: [1]),
      ]
      for (count, record) in records.enumerated() {
        try save([record], to: store)
        #expect(try store.history(of: "r1") == Array(records.prefix(count + 1)))
      }
      #expect(try store.run("r1")?.steps == 3)
      #expect(try store.run("r2")?.steps == 0)
      #expect(try store.history(of: "r2").isEmpty)
    }
  }

  @Test("A listed step has its name, length and time", arguments: BackEnd.allCases)
  func lines(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      try save(
        [try StoreFixture.record(1, sum: [1, 2, 3]), try StoreFixture.record(2, sum: nil)], to: store)
      let lines = try store.steps(of: "r1")
      #expect(lines.map(\.step) == [1, 2])
      #expect(lines.map(\.query) == ["newton", "newton"])
      #expect(lines.map(\.elements) == [3, 2])
      #expect(lines.map(\.isVoid) == [false, true])
      #expect(lines.map(\.at) == [StoreFixture.time(1), StoreFixture.time(2)])
    }
  }

  @Test("Steps have no gap", arguments: BackEnd.allCases)
  func gaps(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      for step in [2, 0, -1] {
        #expect(throws: StoreError.stepGap(run: "r1", step: step, next: 1)) {
          try save([try StoreFixture.record(step)], to: store)
        }
      }
      try save([try StoreFixture.record(1)], to: store)
      #expect(throws: StoreError.stepGap(run: "r1", step: 3, next: 2)) {
        try save([try StoreFixture.record(3)], to: store)
      }
      #expect(try store.history(of: "r1").map(\.step) == [1])
    }
  }

  @Test("A step saved again replaces it and all that followed", arguments: BackEnd.allCases)
  func rewind(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      try save(try (1...4).map { try StoreFixture.record($0) }, to: store)
      let again = try StoreFixture.record(2, parameters: [9.5], sum: [5])
      try save([again], to: store)
      #expect(try store.history(of: "r1") == [try StoreFixture.record(1), again])
      #expect(try store.steps(of: "r1").map(\.elements) == [2, 1])
      #expect(try store.run("r1")?.steps == 2)
    }
  }

  @Test("Steps saved together are all there or none", arguments: BackEnd.allCases)
  func together(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      let first = try (1...3).map { try StoreFixture.record($0) }
      try store.saveSteps("r1", first, at: StoreFixture.time(1))
      #expect(try store.history(of: "r1") == first)
      let withGap = [try StoreFixture.record(2, sum: [7]), try StoreFixture.record(4)]
      #expect(throws: StoreError.stepGap(run: "r1", step: 4, next: 3)) {
        try store.saveSteps("r1", withGap, at: StoreFixture.time(2))
      }
      #expect(try store.history(of: "r1") == first)
      let again = try (2...4).map { try StoreFixture.record($0, sum: [7]) }
      try store.saveSteps("r1", again, at: StoreFixture.time(3))
      #expect(try store.history(of: "r1") == [first[0]] + again)
      #expect(try store.steps(of: "r1").map(\.elements) == [2, 1, 1, 1])
    }
  }

  @Test("A finished run keeps its model and the list of its steps alone", arguments: BackEnd.allCases)
  func finish(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      let submission = try StoreFixture.addRun("r1", to: store)
      try save([try StoreFixture.record(1), try StoreFixture.record(2)], to: store)
      let lines = try store.steps(of: "r1")
      let model = try StoreFixture.model()
      try store.end("r1", .finished, model: model, at: StoreFixture.time(99))

      let summary = try #require(try store.run("r1"))
      #expect(summary.state == .finished)
      #expect(summary.ended == StoreFixture.time(99))
      #expect(summary.failure == nil)
      #expect(summary.steps == 2)
      #expect(try store.model(of: "r1") == model)
      #expect(try store.steps(of: "r1") == lines)
      #expect(try store.history(of: "r1").isEmpty)
      #expect(try store.openRuns().isEmpty)
      #expect(try store.submission(of: "r1") == submission)
    }
  }

  @Test("A failed run keeps why", arguments: BackEnd.allCases)
  func failure(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      try save([try StoreFixture.record(1)], to: store)
      let failure = RunFailure(
        code: "separation", message: "“crp” separates", advice: "use a ridge penalty")
      try store.end("r1", .failed(failure), model: nil, at: StoreFixture.time(5))
      #expect(try store.run("r1")?.state == .failed)
      #expect(try store.run("r1")?.failure == failure)
      #expect(try store.model(of: "r1") == nil)
      #expect(try store.history(of: "r1").isEmpty)
    }
  }

  @Test("The first end stands, and nothing of the run changes after it", arguments: BackEnd.allCases)
  func endsOnce(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      try save([try StoreFixture.record(1)], to: store)
      try store.end("r1", .cancelled, model: nil, at: StoreFixture.time(5))
      let before = try store.run("r1")
      let over = StoreError.runOver("r1", .cancelled)
      let model = try StoreFixture.model()
      #expect(throws: over) {
        try store.end("r1", .finished, model: model, at: StoreFixture.time(6))
      }
      #expect(throws: over) { try store.setState("r1", .running) }
      for step in [1, 2] {
        #expect(throws: over) { try save([try StoreFixture.record(step)], to: store) }
      }
      #expect(try store.run("r1") == before)
      #expect(try store.model(of: "r1") == nil)
      #expect(try store.history(of: "r1").isEmpty)
    }
  }

  @Test("A model comes with a finished run and with no other", arguments: BackEnd.allCases)
  func modelAndOutcome(_ backEnd: BackEnd) throws {
    try backEnd.withStore { store in
      try StoreFixture.addRun("r1", to: store)
      let model = try StoreFixture.model()
      #expect(throws: StoreError.self) {
        try store.end("r1", .finished, model: nil, at: StoreFixture.time(1))
      }
      #expect(throws: StoreError.self) {
        try store.end("r1", .cancelled, model: model, at: StoreFixture.time(1))
      }
      #expect(try store.run("r1")?.state == .waiting)
    }
  }
}
