/// What a study's messy simulated records are made of. What is nil or empty is not done to the study's records.
package struct MessDetails: Hashable, Sendable {
  /// A variable and one of its values as it is written in records.
  package struct Value: Hashable, Sendable {
    package let variable: String
    package let text: String

    package init(variable: String, text: String) {
      self.variable = variable
      self.text = text
    }
  }

  /// A variable that some hospitals record in another unit, and what its values are multiplied by there.
  package struct OtherUnit: Hashable, Sendable {
    package let variable: String
    package let factor: Double

    package init(variable: String, factor: Double) {
      self.variable = variable
      self.factor = factor
    }
  }

  /// A level of the dictionary that a few records of one site have.
  package let rareLevel: Value?
  /// What all records of one site have.
  package let constant: Value?
  /// What all records of all sites have.
  package let constantEverywhere: Value?
  /// What is always followed by the outcome.
  package let separating: Value?
  /// A level that the dictionary does not have.
  package let unknownLevel: Value?
  /// A level that no record of one site has.
  package let absentLevel: Value?
  /// One of a variable's texts for a missing value, with letters that ASCII does not have.
  package let accented: Value?
  package let otherUnits: [OtherUnit]

  package init(
    rareLevel: Value? = nil, constant: Value? = nil, constantEverywhere: Value? = nil,
    separating: Value? = nil, unknownLevel: Value? = nil, absentLevel: Value? = nil, accented: Value? = nil,
    otherUnits: [OtherUnit] = []
  ) {
    self.rareLevel = rareLevel
    self.constant = constant
    self.constantEverywhere = constantEverywhere
    self.separating = separating
    self.unknownLevel = unknownLevel
    self.absentLevel = absentLevel
    self.accented = accented
    self.otherUnits = otherUnits
  }
}
