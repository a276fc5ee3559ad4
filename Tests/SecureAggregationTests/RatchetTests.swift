import KonsilTesting
import Queries
import SecureAggregation
import Testing

@Suite("A site seized after a step")
struct RatchetTests {
  private static let zeros: [[Double]] = [[0, 0, 0]]

  /// Every mask that can be derived for `attempt` from one root that lies in memory: the root or a root after it,
  /// as key itself or through any derivation of the protocol.
  private func masks(from root: [UInt8], _ attempt: Attempt) throws -> [[UInt64]] {
    var masks: [[UInt64]] = []
    var root = root
    for later in 0..<4 {
      let count = attempt.layout.count
      masks.append(try StepValues.stream(SecretBytes(copying: root), count))
      masks.append(try StepValues.mask(root, attempt))
      for step in [attempt.step, attempt.step + 1] {
        masks.append(
          try StepValues.stream(KeySchedule.nextRoot(SecretBytes(copying: root), step: step), count))
      }
      root = exposed(try KeySchedule.nextRoot(SecretBytes(copying: root), step: attempt.step + 2 + later))
    }
    return masks
  }

  /// Whether `vector`, masked for `attempt` in a federation of three, opens to zeros with these roots.
  private func opens(
    _ vector: [UInt64], _ attempt: Attempt, index: Int, roots: [[UInt8]]
  ) throws -> Bool {
    let peers = (0..<3).filter { $0 != index }
    let masks = try peers.map { try self.masks(from: roots[$0], attempt) }
    for first in masks[0] {
      for second in masks[1] {
        var opened = vector
        for (peer, mask) in zip(peers, [first, second]) {
          for place in opened.indices {
            opened[place] = peer > index ? opened[place] &- mask[place] : opened[place] &+ mask[place]
          }
        }
        if opened.prefix(3) == [0, 0, 0] { return true }
      }
    }
    return false
  }

  @Test("cannot open what it sent, nor what the others sent, but what it would send next", arguments: 0..<3)
  func forwardSecrecy(index: Int) throws {
    let fixture = try SetupFixture(sites: 3)
    let sites = try fixture.complete()
    let setup = try sites[0].setup
    for step in 1...3 {
      let attempt = fixture.attempt(setup, step: step, StepValues.query(3))
      let before = try sites[index].roots
      let sent = try sites.map { try $0.mask(Self.zeros, attempt) }
      let seized = try sites[index].roots
      #expect(!(try opens(sent[index].vector, attempt, index: index, roots: seized)), "step \(step)")
      // The attempt to open can succeed: with the roots as they were before the step it does.
      #expect(try opens(sent[index].vector, attempt, index: index, roots: before), "step \(step)")
    }
    let next = fixture.attempt(setup, step: 4, StepValues.query(3))
    let seized = try sites[index].roots
    #expect(try opens(try sites[index].mask(Self.zeros, next).vector, next, index: index, roots: seized))
  }

  @Test("holds no root of the step it sent, with any other site")
  func rootsMoved() throws {
    let fixture = try SetupFixture(sites: 5)
    let sites = try fixture.masking(seed: 1)
    for step in 1...4 {
      let before = try sites[2].roots
      _ = try sites[2].mask(Self.zeros, fixture.attempt(try sites[2].setup, step: step, StepValues.query(3)))
      let after = try sites[2].roots
      for peer in 0..<5 where peer != 2 {
        #expect(!after.contains(before[peer]))
        let next = try exposed(KeySchedule.nextRoot(SecretBytes(copying: before[peer]), step: step + 1))
        #expect(after[peer] == next)
      }
    }
  }
}
