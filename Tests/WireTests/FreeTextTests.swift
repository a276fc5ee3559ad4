import Federation
import Testing
import Wire

@Suite("Text for people is fit to travel when it is sent")
struct FreeTextTests {
  let run = "0123456789abcdef0123456789abcdef"

  func arrived(_ detail: String) throws -> String? {
    let event = SiteEvent.message(run: run, .refusal(Refusal(rule: "rule", detail: detail)))
    guard case .message(_, .refusal(let refusal)) = try Passage.siteEvents(Passage.bytes(event)).first
    else { return nil }
    return refusal.detail
  }

  @Test("control characters are replaced, tab and line feed are not")
  func controls() throws {
    #expect(
      try arrived("a\u{1B}[2J\tb\nc\r\n\u{7F}\u{9B}d") == "a\u{FFFD}[2J\tb\nc\u{FFFD}\n\u{FFFD}\u{FFFD}d")
  }

  @Test("a text of the most bytes goes through, a longer one is cut at a whole character")
  func lengths() throws {
    let most = String(repeating: "x", count: 16_384)
    #expect(try arrived(most) == most)
    let cut = try arrived(most + "x")
    #expect(cut == String(repeating: "x", count: 16_381) + "…")
    let wide = try #require(try arrived(String(repeating: "😀", count: 5_000)))
    #expect(wide.utf8.count <= 16_384 && wide.utf8.count > 16_370)
    #expect(wide.unicodeScalars.dropLast().allSatisfy { $0 == "😀" } && wide.hasSuffix("…"))
  }

  @Test("whatever is written, it arrives", arguments: UInt64(1)...200)
  func anything(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    let text = String(decoding: numbers.bytes(numbers.number(0...600)), as: UTF8.self)
    let detail = try #require(try arrived(text), "seed \(seed)")
    #expect(detail.unicodeScalars.count == text.unicodeScalars.count, "seed \(seed)")
  }
}
