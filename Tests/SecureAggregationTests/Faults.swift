import SecureAggregation
import Testing

/// Expects a fault of this code that names this site.
func expectFault(
  _ code: ProtocolFault.Code, site: String? = nil, _ why: String = "",
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  let fault = #expect(
    throws: ProtocolFault.self, Comment(rawValue: why), sourceLocation: sourceLocation, performing: body)
  guard let fault else { return }
  #expect(fault.code == code, Comment(rawValue: why), sourceLocation: sourceLocation)
  #expect(fault.site == site, Comment(rawValue: why), sourceLocation: sourceLocation)
}
