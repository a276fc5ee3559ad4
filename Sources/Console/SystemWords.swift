import Foundation

/// What the operating system says of a failure, for people.
package enum SystemWords {
  /// - Parameter error: of a `FileHandle`; `Data(contentsOf:)` keeps the reason to itself.
  package static func of(_ error: any Error) -> String {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError ?? error
    return cause.domain == NSPOSIXErrorDomain
      ? of(CInt(truncatingIfNeeded: cause.code)) : "it cannot be opened"
  }

  /// - Parameter code: as `errno` holds it.
  package static func of(_ code: CInt) -> String { String(cString: strerror(code)) }
}
