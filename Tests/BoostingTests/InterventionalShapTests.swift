import Boosting
import KonsilTesting
import Testing

struct InterventionalShapTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func theyAreTheShapleyValues(seed: UInt64) throws {
    var maker = TreeModelMaker(seed: seed)
    maker.hasSlopes = seed % 2 == 1
    let objective: TreeModel.Objective = seed % 5 == 0 ? .softmax(classes: ["a", "b", "c"]) : .logistic
    let model = maker.model(objective, rounds: 3)
    let background = try maker.table(rows: 7)
    let explained = try InterventionalShap(model, background: background)
    for _ in 0..<5 {
      let row = maker.row()
      let contributions = explained.contributions(of: row)
      for place in model.base.indices {
        let wanted = shapley(model, class: place, row: row, background: background)
        for (found, wanted) in zip(contributions[place], wanted) {
          #expect(abs(found - wanted) < 1e-12, "seed \(seed)")
        }
      }
    }
  }

  /// Also on trees too deep for a coalition to be counted out.
  @Test func withTheBackgroundsMeanTheySumToTheScore() throws {
    var maker = TreeModelMaker(seed: 5)
    maker.depth = 9
    maker.hasSlopes = true
    let model = maker.model(.softmax(classes: ["a", "b"]), rounds: 10)
    let explained = try InterventionalShap(model, background: try maker.table(rows: 40))
    for _ in 0..<50 {
      let row = maker.row()
      let scores = model.score(row)
      for (place, contributions) in explained.contributions(of: row).enumerated() {
        let sum = contributions.reduce(explained.expected[place], +)
        #expect(abs(sum - model.real(scores[place])) < 1e-11)
      }
    }
  }

  /// By hand: a step of 2 at x < 1 and of 4 at y < 1 under it; the row is right in both, the background left.
  ///
  ///     f(row) = 6, f(background) = 0, f(x of row) = 2, f(y of row) = 0
  ///     x: (2 - 0)/2 + (6 - 0)/2 = 4, y: (0 - 0)/2 + (6 - 2)/2 = 2
  @Test func aTreeOfTwoSplitsIsAsByHand() throws {
    let tree = Tree(nodes: [
      .split(.init(feature: 0, rule: .below(cut: 1), missingGoesLeft: true, left: 1, right: 2)),
      .leaf(.init(value: 0)),
      .split(.init(feature: 1, rule: .below(cut: 1), missingGoesLeft: true, left: 3, right: 4)),
      .leaf(.init(value: 2)),
      .leaf(.init(value: 6)),
    ])
    let model = TreeModel(
      outcome: "z", objective: .squaredError, features: [.init("x", .number), .init("y", .number)],
      fractionBits: 0, base: [10], rounds: [[tree]])
    let background = try #require(FeatureTable(rowCount: 1, columns: [[0], [0]]))
    let explained = try InterventionalShap(model, background: background)
    #expect(explained.expected == [10])
    #expect(explained.contributions(of: [1, 1]) == [[4, 2]])
  }

  @Test func aVariableInNoTreeGetsNothingAndNoneGetsMoreThanTheBound() throws {
    var maker = TreeModelMaker(seed: 11)
    maker.depth = 1
    let model = maker.model(.squaredError, rounds: 3)
    let bounds = model.greatestContributions
    let table = try maker.table(rows: 60)
    let explained = try InterventionalShap(model, background: table)
    var greatest = [Double](repeating: 0, count: model.features.count)
    for row in table.rows {
      for (place, value) in explained.contributions(of: row)[0].enumerated() {
        greatest[place] = max(greatest[place], value.magnitude)
      }
      #expect(model.real(model.score(row)[0]).magnitude <= model.greatestScores[0])
    }
    for (place, use) in model.uses.enumerated() {
      #expect((greatest[place] > 0) == (use.splits > 0))
      #expect(greatest[place] <= bounds[0][place])
    }
    #expect(greatest.contains(0) && greatest.contains { $0 > 0 })
  }

  @Test func magnitudesAddUpOverRows() throws {
    var maker = TreeModelMaker(seed: 3)
    let model = maker.model(.softmax(classes: ["a", "b"]), rounds: 2)
    let table = try maker.table(rows: 9)
    let explained = try InterventionalShap(model, background: table)
    var wanted = [[Double]](repeating: [Double](repeating: 0, count: 6), count: 2)
    for row in table.rows {
      for (place, values) in explained.contributions(of: row).enumerated() {
        for (feature, value) in values.enumerated() { wanted[place][feature] += value.magnitude }
      }
    }
    #expect(explained.sumOfMagnitudes(over: table) == wanted)
  }

  @Test func withoutABackgroundOrWithAnotherModelsRowsThereIsAnError() throws {
    var maker = TreeModelMaker(seed: 1)
    let model = maker.model(.logistic, rounds: 1)
    let empty = try maker.table(rows: 0)
    #expect(throws: InterventionalShap.Problem.emptyBackground) {
      try InterventionalShap(model, background: empty)
    }
    let narrow = try #require(FeatureTable(rowCount: 1, columns: [[1]]))
    #expect(throws: InterventionalShap.Problem.unsound) {
      try InterventionalShap(model, background: narrow)
    }
  }

  /// Every coalition counted out: Σ |S|! (n - |S| - 1)! / n! (v(S + j) - v(S)).
  private func shapley(
    _ model: TreeModel, class place: Int, row: [Float], background: FeatureTable
  ) -> [Double] {
    let count = model.features.count
    let worth = (0..<(1 << count)).map { coalition in
      background.rows.reduce(0) { sum, other in
        let mixed = (0..<count).map { coalition & (1 << $0) != 0 ? row[$0] : other[$0] }
        return sum + model.real(model.score(mixed)[place])
      } / Double(background.rowCount)
    }
    func factorial(_ n: Int) -> Double { (0..<n).reduce(1) { $0 * Double($1 + 1) } }
    return (0..<count).map { player in
      worth.indices.reduce(0) { sum, coalition in
        guard coalition & (1 << player) == 0 else { return sum }
        let size = coalition.nonzeroBitCount
        let weight = factorial(size) * factorial(count - size - 1) / factorial(count)
        return sum + weight * (worth[coalition | (1 << player)] - worth[coalition])
      }
    }
  }
}
