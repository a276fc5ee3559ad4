import Queries

/// The bytes of a file, which may be secret: in memory of their own that is wiped when the value
/// goes, and uncopyable.
struct FileBytes: ~Copyable {
  private let memory: UnsafeMutableRawBufferPointer
  private var count = 0

  init(capacity: Int) {
    memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    wipe(memory)
    memory.deallocate()
  }

  /// Lets `read` fill what is still free.
  ///
  /// - Parameter read: returns how many bytes it wrote at the start of the memory it is given.
  mutating func append(_ read: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
    let written = read(UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
    if written > 0 { count += written }
    return written
  }

  borrowing func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
  }
}
