import Federation
import FoundationEssentials
import GRPCCore
import SwiftProtobuf
import Testing
import Wire

@Suite("A failed call says what is wrong and what to do")
struct ComplaintTests {
  static let statuses: [(Federation.ExitStatus, RPCError.Code)] = [
    (.badInput, .invalidArgument), (.noInput, .notFound), (.refused, .permissionDenied),
    (.unavailable, .unavailable), (.runFailed, .failedPrecondition), (.internalError, .internalError),
  ]

  @Test("a complaint arrives as it was", arguments: statuses)
  func roundTrip(status: Federation.ExitStatus, code: RPCError.Code) {
    for advice in ["", "run `konsil study new “ibd”`", nil] {
      let complaint = Complaint(status, code: "unknown-study", "no study “ibd”\nin the store", advice: advice)
      let error = RPCError(complaint)
      #expect(error.code == code)
      #expect(error.message == complaint.message)
      #expect(Complaint(error) == complaint)
    }
  }

  @Test("as the transport writes it: the trailer in Base64")
  func base64() throws {
    var detail = Konsil_V1_ProblemDetail()
    detail.code = "unknown-run"
    detail.message = "no such run"
    var metadata = Metadata()
    let bytes: [UInt8] = try detail.serializedBytes()
    metadata.addString(Data(bytes).base64EncodedString(), forKey: "konsil-problem-bin")
    let error = RPCError(code: .notFound, message: "", metadata: metadata)
    #expect(Complaint(error) == Complaint(.noInput, code: "unknown-run", "no such run"))
  }

  @Test("statuses that no call has come nearest")
  func otherStatuses() {
    #expect(Complaint(RPCError(Complaint(.usage, code: "x", "")))?.status == .badInput)
    #expect(Complaint(RPCError(Complaint(.cannotWrite, code: "x", "")))?.status == .internalError)
  }

  @Test("what is too long is cut, so that the trailers stay below 12 KiB even when escaped")
  func longTexts() throws {
    let long = String(repeating: "é", count: 40_000)
    let error = RPCError(Complaint(.refused, code: long, long, advice: long))
    let arrived = try #require(Complaint(error))
    #expect(arrived.code.utf8.count <= 256 && arrived.code.hasSuffix("…"))
    #expect(arrived.message.utf8.count <= 2_048 && arrived.message.hasSuffix("…"))
    #expect((arrived.advice ?? "").utf8.count <= 2_048)
    let trailer = try #require(error.metadata[binaryValues: "konsil-problem-bin"].first { _ in true })
    // Base64 makes four of three bytes, percent-encoding three of one.
    #expect(trailer.count * 4 / 3 + error.message.utf8.count * 3 < 12 << 10)
  }

  @Test("an error without the trailer, or with a malformed one, holds no complaint")
  func malformed() throws {
    #expect(Complaint(RPCError(code: .unavailable, message: "no route")) == nil)
    var empty = Konsil_V1_ProblemDetail()
    empty.message = "no code"
    var control = Konsil_V1_ProblemDetail()
    control.code = "x"
    control.message = "\u{1B}[2J"
    for bytes in [[0xFF], try empty.serializedBytes(), try control.serializedBytes()] as [[UInt8]] {
      var metadata = Metadata()
      metadata.addBinary(bytes, forKey: "konsil-problem-bin")
      #expect(Complaint(RPCError(code: .notFound, message: "", metadata: metadata)) == nil)
    }
  }

  @Test("a malformed message is told in one line, with what to do")
  func wireError() {
    let complaint = WireError(field: "hello.software", what: "missing").complaint
    #expect(complaint.status == .badInput)
    #expect(complaint.message == "a message is not as agreed: hello.software: missing")
    #expect(complaint.advice?.isEmpty == false)
  }
}
