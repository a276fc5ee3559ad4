#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Overwrites memory with zeros in a way that the compiler may not leave out.
func wipe(_ memory: UnsafeMutableRawBufferPointer) {
  guard let start = memory.baseAddress, memory.count > 0 else { return }
  #if canImport(Darwin)
    _ = memset_s(start, memory.count, 0, memory.count)
  #else
    explicit_bzero(start, memory.count)
  #endif
}

/// Overwrites an array's own storage; no other array may share it.
func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { wipe($0) }
}

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
