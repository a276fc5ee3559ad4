import SecureAggregation

extension RealStudy {
  package static let all = [thiomon, prism, cis, arthritis, heart, eicu, gusto, multicohort]

  package static func named(_ name: String) -> RealStudy? { all.first { $0.name == name } }

  static let thiomon = RealStudy(
    "thiomon", file: "ibd-thiomon/thiomon_dev.csv.gz",
    site: { "site-" + $0["pseudo_site_iid"].lowercased() }, key: { $0["row_id"] },
    fields: { columns in
      columns.filter { !["row_id", "active", "pseudo_site_iid", "pseudo_site_age"].contains($0) }
        .map { Field($0) }
    })

  static let prism = RealStudy(
    "prism", file: "ibd-prism-nlibd/prism_nlibd_dev.csv.gz",
    site: { row in
      let town = row["site"] == "Boston" ? "boston" : "groningen"
      return "\(town)-\(part(of: "prism:" + row["patient_id"], parts: 2) + 1)"
    },
    key: { $0["patient_id"] },
    fields: { columns in
      // Relative abundances as parts per ten million.
      columns.filter { $0.hasPrefix("met_") }.map { column in
        Field(column.lowercased()) { row in Double(row[column]).map { "\($0 * 1e7)" } ?? "" }
      } + [Field("ibd", from: "group", as: ["Control": "0", "IBD": "1", "CD": "1", "UC": "1"])]
    })

  static let cis = RealStudy(
    "cis", file: "ms-cis-conversion/cis_dev.csv",
    site: { "site-" + $0["pseudo_site"].lowercased() }, key: { $0["patient_id"] },
    fields: { _ in
      let known = ["1": "yes", "2": "no", "3": "unknown"]
      return [
        Field("age", from: "Age"), Field("sex", from: "Gender", as: ["1": "male", "2": "female"]),
        Field("schooling", from: "Schooling"), Field("breastfeeding", from: "Breastfeeding", as: known),
        Field("varicella", from: "Varicella", as: known),
        Field(
          "symptoms", from: "Mono_or_Polysymptomatic", as: ["1": "mono", "2": "poly", "3": "unknown"]),
        Field(
          "oligoclonal_bands", from: "Oligoclonal_Bands",
          as: ["0": "negative", "1": "positive", "2": "unknown"]),
      ]
        + [
          "LLSSEP", "ULSSEP", "VEP", "BAEP", "Periventricular_MRI", "Cortical_MRI", "Infratentorial_MRI",
          "Spinal_Cord_MRI", "Initial_EDSS",
        ].map { Field($0.lowercased(), from: $0) } + [Field("converted")]
    })

  static let arthritis = RealStudy(
    "arthritis", file: "ra-arthritis-trials/ra_multgee_arthritis.csv", mostRowsPerPatient: 3,
    site: { "site-" + ["a", "b", "c", "d"][part(of: "ra:" + $0["id"], parts: 4)] }, key: { $0["id"] },
    fields: { _ in
      [
        Field("age"), Field("sex", from: "sex", as: ["1": "female", "2": "male"]),
        Field("treatment", from: "trt", as: ["1": "placebo", "2": "drug"]),
        Field(
          "baseline", from: "baseline",
          as: ["1": "very poor", "2": "poor", "3": "fair", "4": "good", "5": "very good"]),
        Field("month", from: "time"),
        Field("good", from: "y", as: ["1.0": "0", "2.0": "0", "3.0": "0", "4.0": "1", "5.0": "1"]),
      ]
    })

  static let heart = RealStudy(
    "heart", file: "multi-uci-heart/heart_dev.csv", site: { $0["hospital"] }, key: { $0["patient_no"] },
    fields: { _ in
      [
        Field("age"), Field("sex"),
        Field(
          "chest_pain", from: "cp",
          as: ["1.0": "typical angina", "2.0": "atypical angina", "3.0": "other pain", "4.0": "none"]),
        Field("systolic", from: "trestbps"), Field("heart_rate", from: "thalach"),
        Field("exertional_angina", from: "exang"), Field("st_depression", from: "oldpeak"),
        Field("disease"),
      ]
    })

  static let eicu = RealStudy(
    "eicu", file: "multi-eicu-demo/eicu_demo_dev.csv.gz", mostRowsPerPatient: 10,
    site: { $0["region"].lowercased() }, key: { $0["hospitalid"] },
    fields: { _ in
      [
        Field("age"), Field("sex") { $0["gender"].lowercased() }, Field("ventilated", from: "vent"),
        whole("eyes"), whole("motor"), whole("verbal"), Field("heart_rate", from: "heartrate"),
        Field("mean_pressure", from: "meanbp"), Field("temperature"),
        Field("respiratory_rate", from: "respiratoryrate"), Field("urea_nitrogen", from: "bun"),
        Field("white_cells", from: "wbc"), Field("died"),
      ]
    })

  static let gusto = RealStudy(
    "gusto", file: "multi-gusto/gusto_dev.csv.gz", site: { "region-" + $0["regl"] },
    key: { $0["patient_no"] },
    fields: { _ in
      let noYes = ["1": "0", "2": "1"]
      return [
        Field("age"), Field("sex"), Field("killip", from: "Killip"), Field("systolic", from: "sysbp"),
        Field("pulse"), Field("location", from: "miloc"), Field("leads", from: "ste"),
        Field("relief_over_1h", from: "ttr"), Field("height"), Field("weight"),
        Field("smoking", from: "smk"), Field("treatment", from: "tx"),
        Field("previous_infarction", from: "pmi", as: ["no": "0", "yes": "1"]),
        Field("hypertension", from: "htn", as: noYes), Field("diabetes", from: "dia"),
        Field("previous_stroke", from: "prevcvd", as: noYes),
        Field("previous_bypass", from: "prevcabg", as: noYes), Field("died", from: "day30"),
      ]
    })

  static let multicohort = RealStudy(
    "multicohort", file: "ibd-multicohort/ibd_multicohort.csv.gz", site: { $0["site"].lowercased() },
    key: { $0["patient_id"] }, isKept: { $0["disease"] == "CD" && !$0["complicated_behaviour"].isEmpty },
    fields: { _ in
      [
        Field("age"), Field("age_at_diagnosis"), Field("sex", from: "gender"),
        Field("complicated", from: "complicated_behaviour"),
      ]
    })

  /// "3.0" as "3".
  private static func whole(_ name: String) -> Field {
    Field(name) { row in Double(row[name]).map { "\(Int($0))" } ?? "" }
  }

  /// The remainder of the first four bytes of the text's SHA-256, as a number, by `parts`.
  private static func part(of text: String, parts: Int) -> Int {
    Int(Digest(of: Array(text.utf8)).bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) % parts
  }
}
