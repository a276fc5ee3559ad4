import Boosting
import Foundation
import KonsilTesting
import Testing

struct PortableMathTests {
  @Test(arguments: ExpVectors.all) func theExponentialIsTheseBits(_ vector: ExpVectors.Vector) {
    let found = PortableMath.exp(Double(bitPattern: vector.x))
    #expect(found.bitPattern == vector.found)
    #expect(Int64(bitPattern: found.bitPattern &- vector.exact).magnitude <= 1)
  }

  @Test func theExponentialIsWithinAUnitOfTheLibrarysAndRises() {
    var random = SeededRandom(seed: 3)
    var last = 0.0
    for x in (0..<20_000).map({ _ in Double.random(in: -700...700, using: &random) }).sorted() {
      let found = PortableMath.exp(x)
      #expect((found / exp(x) - 1).magnitude <= 0x1p-51, "x \(x)")
      #expect(found >= last, "x \(x)")
      last = found
    }
  }

  @Test func theEndsAreSound() {
    #expect(PortableMath.exp(0) == 1)
    #expect(PortableMath.exp(-.infinity) == 0)
    #expect(PortableMath.exp(-708.4) == 0)
    #expect(PortableMath.exp(.infinity) == .infinity)
    #expect(PortableMath.exp(709.79) == .infinity)
    #expect(PortableMath.exp(709.78).isFinite)
    #expect(PortableMath.exp(.nan).isNaN)
    #expect(PortableMath.log(1) == 0)
    #expect(PortableMath.log(0) == -.infinity)
    #expect(PortableMath.log(-1).isNaN)
    #expect(PortableMath.log(.infinity) == .infinity)
    #expect(PortableMath.sigmoid(0) == 0.5)
    #expect(PortableMath.sigmoid(-800) == 0)
    #expect(PortableMath.sigmoid(800) == 1)
    #expect(PortableMath.softplus(800) == 800)
  }

  @Test func theLogarithmIsWithinTwoUnitsOfTheLibrarys() {
    var random = SeededRandom(seed: 4)
    for _ in 0..<20_000 {
      let x = exp(Double.random(in: -600...600, using: &random))
      #expect((PortableMath.log(x) - log(x)).magnitude <= 2 * log(x).ulp, "x \(x)")
    }
    for _ in 0..<20_000 {
      let x = Double.random(in: 0.5...2, using: &random)
      #expect((PortableMath.log(x) - log(x)).magnitude <= 2 * log(x).ulp, "x \(x)")
    }
  }

  @Test func sigmoidsOfOppositeNumbersAddUpToOne() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<10_000 {
      let x = Double.random(in: -40...40, using: &random)
      #expect((PortableMath.sigmoid(x) + PortableMath.sigmoid(-x) - 1).magnitude <= 0x1p-52, "x \(x)")
    }
  }
}
