import Queries

extension Contribution {
  /// A contribution of the words that `noise` gives, each cut to its segment's ring.
  package init(noise: () -> UInt64, for query: Query) {
    self.init(zerosFor: query)
    update { elements in
      for index in elements.indices { elements[index] = noise() }
      query.cutToRings(&elements)
    }
  }
}
