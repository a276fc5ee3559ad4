/// Text written for people: it may end in a log or on a terminal, so no control character travels but tab and line
/// feed. Senders replace what may not travel, receivers refuse it.
enum FreeText {
  static func mayTravel(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: true
    case 0x00...0x1F, 0x7F...0x9F: false
    default: true
    }
  }

  /// `text` as it may travel: control characters become U+FFFD, and what is longer than `most` bytes ends in “…”.
  static func sendable(_ text: String, most: Int) -> String {
    guard text.utf8.count > most || !text.unicodeScalars.allSatisfy(mayTravel) else { return text }
    let ellipsis: Unicode.Scalar = "…"
    var room = most - UTF8.width(ellipsis)
    var sent = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let clean = mayTravel(scalar) ? scalar : "\u{FFFD}"
      room -= UTF8.width(clean)
      guard room >= 0 else {
        sent.append(ellipsis)
        break
      }
      sent.append(clean)
    }
    return String(sent)
  }
}
