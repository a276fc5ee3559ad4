/// What can be wrong with a hospital's records, each kind by its name.
package enum Mess: String, Sendable, CaseIterable, Codable {
  /// Values are missing, at the effects' shares.
  case missing
  /// One site alone has a level of the dictionary, in a few records.
  case rareLevel = "rare-level"
  /// A variable has one value in all records of one site.
  case constant
  /// A site's laboratory changed its units, so that every third record has the other ones.
  case otherUnits = "other-units"
  /// A file with semicolons and decimal commas.
  case decimalComma = "decimal-comma"
  /// A column of dates, which no dictionary has, written in three ways.
  case dateFormats = "date-formats"
  /// A file in ISO 8859-1, with a missing code that is not ASCII.
  case latin1 = "latin-1"
  /// A level that the dictionary does not have, at one site.
  case unknownLevel = "unknown-level"
  /// A variable has one value in all records of all sites.
  case constantEverywhere = "constant-everywhere"
  /// Every record with a rare value has the outcome, at all sites.
  case separating
  /// Records that stand twice in a site's file.
  case duplicates
  /// Patients of one site whom another site has too, under its own keys.
  case sharedPatients = "shared-patients"
  /// A site without any record of a level that the others have.
  case absentLevel = "absent-level"

  /// What every hospital's records have, and a reader takes without a word.
  package static let usual: Set<Mess> = [.missing, .rareLevel, .constant]

  /// The site, of so many in their order, whose records it is about; nil for all of them.
  func place(among siteCount: Int) -> Int? {
    switch self {
    case .missing, .constantEverywhere, .separating: nil
    case .rareLevel, .otherUnits, .absentLevel: 0
    case .decimalComma, .latin1: 1 % siteCount
    case .unknownLevel, .duplicates: 2 % siteCount
    case .constant, .dateFormats, .sharedPatients: 3 % siteCount
    }
  }
}
