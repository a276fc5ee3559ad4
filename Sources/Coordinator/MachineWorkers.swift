import Boosting
import Dispatch
import Foundation

extension Workers {
  /// All processors of this machine.
  static let ofThisMachine = Workers(count: ProcessInfo.processInfo.activeProcessorCount) { parts, body in
    DispatchQueue.concurrentPerform(iterations: parts, execute: body)
  }
}
