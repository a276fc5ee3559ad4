import Foundation
import Identity
import SecureAggregation
import Testing

@Suite("A signed study or plan")
struct SignedFileTests {
  let folder: TemporaryFolder
  let file: String
  let key: SigningKey

  init() throws {
    folder = try TemporaryFolder()
    file = try folder.file("study.yaml", "name: ibd\n")
    key = try Self.newKey("owner", in: folder)
  }

  static func newKey(_ name: String, in folder: TemporaryFolder) throws -> SigningKey {
    let keys = KeyFolder(folder.path + "/" + name)
    _ = try KeyFolder.create(at: keys.path, name: name, role: nil)
    return try keys.signingKey()
  }

  @Test("carries who signed which bytes")
  func good() throws {
    try SignedFile.sign(file, label: .study, with: key)
    let signed = try SignedFile(contentsOf: file, label: .study)
    #expect(signed.bytes == Array("name: ibd\n".utf8))
    #expect(signed.signature.key == key.identity)
    #expect(DetachedSignature(line: signed.signature.line) == signed.signature)
  }

  @Test("is refused when one bit of it has changed")
  func changedFile() throws {
    try SignedFile.sign(file, label: .study, with: key)
    var bytes = Array("name: ibd\n".utf8)
    for position in bytes.indices {
      bytes[position] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      #expect(throws: SignedFileError.doesNotMatch(file)) {
        try SignedFile(contentsOf: file, label: .study)
      }
      bytes[position] ^= 1
    }
    try Data(bytes + [0x0a]).write(to: URL(fileURLWithPath: file))
    #expect(throws: SignedFileError.doesNotMatch(file)) {
      try SignedFile(contentsOf: file, label: .study)
    }
  }

  @Test("is refused as anything but what it was signed as")
  func otherLabel() throws {
    try SignedFile.sign(file, label: .plan, with: key)
    let error = #expect(throws: SignedFileError.self) {
      try SignedFile(contentsOf: file, label: .study)
    }
    #expect(
      error
        == .wrongLabel(SignedFile.signaturePath(of: file), found: .plan, expected: .study))
    // The label is signed too: to write another one does not help.
    let path = SignedFile.signaturePath(of: file)
    let line = try text(of: path).replacing("konsil/v1/plan", with: "konsil/v1/study")
    try Data(line.utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: SignedFileError.doesNotMatch(file)) {
      try SignedFile(contentsOf: file, label: .study)
    }
  }

  @Test("is refused under another's key or label")
  func otherKey() throws {
    let signed = try SignedFile.sign(file, label: .study, with: key)
    let other = try Self.newKey("other", in: folder)
    let claimed = DetachedSignature(
      label: .study, key: other.identity, signature: signed.signature.signature)
    #expect(signed.signature.covers(signed.bytes, as: .study))
    #expect(!claimed.covers(signed.bytes, as: .study))
    let relabelled = DetachedSignature(
      label: .plan, key: key.identity, signature: signed.signature.signature)
    #expect(!relabelled.covers(signed.bytes, as: .study))
    #expect(!relabelled.covers(signed.bytes, as: .plan))
  }

  @Test("is refused when the signature's file is not exactly one line of four fields")
  func malformedSignature() throws {
    let good = try SignedFile.sign(file, label: .study, with: key).signature.line
    let path = SignedFile.signaturePath(of: file)
    for bad in [
      "", "\n", good + "\n" + good + "\n", good + " x\n", " " + good, good + "\n\n",
      good.replacing(" ", with: "  "), good.replacing("v1 ", with: "v2 "),
      String(good.dropLast(4)), good.replacing("konsil/v1/study", with: "konsil/v1/other"),
      good + String(repeating: " ", count: 600),
    ] {
      try Data(bad.utf8).write(to: URL(fileURLWithPath: path))
      let error = #expect(throws: SignedFileError.self, "\(bad)") {
        try SignedFile(contentsOf: file, label: .study)
      }
      #expect(error?.description.contains(path) == true)
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: SignedFileError.self) { try SignedFile(contentsOf: file, label: .study) }
  }

  @Test("is refused when it is larger than allowed")
  func tooLarge() throws {
    try SignedFile.sign(file, label: .study, with: key)
    #expect(throws: SignedFileError.file(.tooLarge(file, limit: 9))) {
      try SignedFile(contentsOf: file, label: .study, limit: 9)
    }
    _ = try SignedFile(contentsOf: file, label: .study, limit: 10)
  }

  @Test("may be signed again after a change")
  func again() throws {
    try SignedFile.sign(file, label: .study, with: key)
    try Data("name: ms\n".utf8).write(to: URL(fileURLWithPath: file))
    try SignedFile.sign(file, label: .study, with: key)
    #expect(try SignedFile(contentsOf: file, label: .study).bytes == Array("name: ms\n".utf8))
  }
}
