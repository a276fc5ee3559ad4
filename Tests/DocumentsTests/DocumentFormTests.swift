import Documents
import Testing

/// What every document has to be, whatever it is about; shown with dictionaries.
@Suite struct DocumentFormTests {
  private func complaint(about text: String) -> String {
    complaint(about: Array(text.utf8))
  }

  private func complaint(about bytes: [UInt8]) -> String {
    DocumentsTests.complaint { () throws(DocumentError) in
      try DictionaryDocument.decode(bytes, file: "d.yaml")
    }
  }

  @Test func aDocumentSaysWhatItIs() throws {
    #expect(
      complaint(about: "name: gut\n")
        == "d.yaml:1: konsil: is missing; give a document that begins with “konsil: dictionary/1”")
    #expect(
      complaint(about: "# a comment\nkonsil: study/1\nname: gut\n")
        == "d.yaml:2: konsil: is not “dictionary/1”; give a document of that kind and version")
  }

  @Test func anUnknownKeyIsRefusedWithTheNearestOne() throws {
    #expect(
      complaint(about: try sampleDictionary.changing("purpose:", to: "purposes:"))
        == "d.yaml:4: purposes: is not a key here; did you mean “purpose”?")
    #expect(
      complaint(about: try sampleDictionary.changing("{label: Steroids,", to: "{lable: Steroids,"))
        == "d.yaml:8: variables.steroids.lable: is not a key here; did you mean “label”?")
    #expect(
      complaint(about: sampleDictionary + "colour: red\n")
        == "d.yaml:16: colour: is not a key here; write one of konsil, name, title, purpose, variables, outcomes"
    )
  }

  @Test func aKeyGivenTwiceIsRefused() throws {
    #expect(
      complaint(about: sampleDictionary + "\"title\": Another\n")
        == "d.yaml:3: title: is there more than once, first in this line; keep one of them")
  }

  @Test func aMissingKeyIsNamed() throws {
    #expect(
      complaint(about: try sampleDictionary.changing("title: A gut study\n", to: ""))
        == "d.yaml:1: title: is missing; add it")
    #expect(
      complaint(about: try sampleDictionary.changing("label: Steroids, ", to: ""))
        == "d.yaml:8: variables.steroids.label: is missing; add it")
  }

  @Test(arguments: ["title:", "title: ~", "title: null", "title: ''", "title: \"  \""])
  func aKeyWithoutValueIsRefused(written: String) throws {
    #expect(
      complaint(about: try sampleDictionary.changing("title: A gut study", to: written))
        == "d.yaml:3: title: has no value; write one, or remove the key")
  }

  @Test func aWrongTypeIsRefused() throws {
    #expect(
      complaint(about: try sampleDictionary.changing("title: A gut study", to: "title: [a, b]"))
        == "d.yaml:3: title: must be text; write a single value, not a list or mapping")
    #expect(
      complaint(about: try sampleDictionary.changing("[18, 110]", to: "18 to 110"))
        == "d.yaml:6: variables.age.range: must be a list; write “[first, second]”, or each entry on a line after “- ”"
    )
    #expect(
      complaint(about: try sampleDictionary.changing("{label: Steroids, type: binary}", to: "binary"))
        == "d.yaml:8: variables.steroids: must be a mapping; write “key: value” lines, indented by two blanks"
    )
    for wrong in ["'18'", "eighteen", ".inf", "0x12", "1_8"] {
      #expect(
        complaint(about: try sampleDictionary.changing("[18, 110]", to: "[\(wrong), 110]"))
          == "d.yaml:6: variables.age.range[1]: must be a number; write it with a decimal point, without quotes",
        "\(wrong)")
    }
    #expect(
      complaint(about: "- a list\n")
        == "d.yaml:1: must be a mapping; write “key: value” lines, indented by two blanks")
  }

  @Test func aDocumentIsOneYAMLDocumentInUTF8() throws {
    #expect(
      complaint(about: "konsil: 'dictionary/1\n")
        == "d.yaml:2: is not well-formed YAML (while scanning a quoted scalar: found unexpected end of stream); check indentation, quotes and colons here and just above"
    )
    #expect(
      complaint(about: sampleDictionary + "---\nkonsil: dictionary/1\n")
        == "d.yaml:16: holds a second document; write one document a file")
    for empty in ["", "# nothing\n", "\u{FEFF}\n"] {
      #expect(
        complaint(about: empty)
          == "d.yaml:1: is empty; write the document, beginning with its “konsil:” key")
    }
    #expect(
      complaint(about: Array(sampleDictionary.utf8) + [0x23, 0xFF])
        == "d.yaml:1: is not UTF-8; save the file as UTF-8")
    #expect(
      complaint(about: Array(repeating: 0x23, count: 1 << 20 + 1))
        == "d.yaml:1: is larger than 1 MiB; give a smaller document")
    #expect(complaint(about: "\u{FEFF}" + sampleDictionary).isEmpty)
    let carriageReturns = sampleDictionary.split(separator: "\n").joined(separator: "\r\n")
    #expect(complaint(about: carriageReturns).isEmpty)
  }

  @Test func whatCouldSteerATerminalIsRefused() throws {
    for written in ["\"\\e[31m\"", "\"\\u202e\"", "\"\\x07\""] {
      #expect(
        complaint(about: try sampleDictionary.changing("title: A gut study", to: "title: \(written)"))
          == "d.yaml:3: has a control character; remove it", "\(written)")
    }
    #expect(
      complaint(about: try sampleDictionary.changing("A gut", to: "A \u{1B} gut"))
        == "d.yaml:3: has a control character; remove it")
  }

  @Test func anchorsAliasesAndTagsAreRefused() throws {
    #expect(
      complaint(about: try sampleDictionary.changing("A gut study", to: "&a A gut study"))
        == "d.yaml:3: has an anchor (&) or alias (*); write the value out where it is needed")
    #expect(
      complaint(about: try sampleDictionary.changing("A gut study", to: "*a"))
        == "d.yaml:3: has an alias (*); write the value out where it is needed")
    #expect(
      complaint(about: try sampleDictionary.changing("A gut study", to: "!secret A gut study"))
        == "d.yaml:3: has a tag (!); write the value without it")
  }

  /// Thirty levels of two aliases would stand for a thousand million nodes, and as a key each would be
  /// hashed.
  @Test(.timeLimit(.minutes(1))) func aliasesCannotGrow() throws {
    var bomb = "a0: &a0 [x, x]\n"
    for level in 1...30 { bomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    bomb += "? *a30\n: 1\n"
    #expect(
      complaint(about: bomb)
        == "d.yaml:6: has more than 8 words that begin with “*”; aliases are not allowed; write out what they stand for"
    )
    let emphasis = try sampleDictionary.changing("To test", to: "To test *this* and **that** * well")
    #expect(complaint(about: emphasis).isEmpty)
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["[", "{", "[a: ", "- ", "? ", "{? "])
  func depthIsLimited(opening: String) {
    let error = complaint(about: String(repeating: opening, count: 100_000))
    #expect(error.hasPrefix("d.yaml:1: "))
    #expect(error.utf8.count < 300)
    let nested = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
    #expect(
      complaint(about: nested) == "d.yaml:1: is nested deeper than 32 levels; write it flatter")
  }

  /// Whatever bytes come, there is a value or an error and the process lives.
  @Test func anyBytesAreSurvived() throws {
    let original = Array(sampleDictionary.utf8)
    let marks = Array("[]{}:-?&*!|>'\"%@`#,\n \t\u{7F}0".utf8)
    var state: UInt64 = 0
    func random(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for seed in 0..<2000 {
      state = UInt64(seed)
      var bytes = original
      for _ in 0...random(below: 4) {
        bytes[random(below: bytes.count)] = marks[random(below: marks.count)]
      }
      let said = complaint(about: bytes)
      #expect(said.isEmpty || said.hasPrefix("d.yaml:"), "seed \(seed)")
    }
  }
}
