import Testing

/// Expects each value to be the expected one within `tolerance` times it.
func expectClose(
  _ values: [Double], _ expected: [Double], within tolerance: Double,
  _ location: SourceLocation = #_sourceLocation
) {
  #expect(values.count == expected.count, sourceLocation: location)
  for (value, number) in zip(values, expected) {
    #expect(abs(value - number) <= tolerance * abs(number), sourceLocation: location)
  }
}
