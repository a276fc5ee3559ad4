import Foundation
import ResearchTools
import Testing

struct TreeReportTests {
  @Test func theReportSaysWhatTheModelRestsOn() throws {
    #expect(
      TreeReport(try SampleTrees.decode()).text == """
        outcome     failure: Failure within 12 months
        model       boosted trees (binary:logistic) of study gut, plan gut-trees
        run         0123456789abcdef0123456789abcdef
        records     240 rows, 96 events, 4 sites
        trees       2 in 2 rounds, 5 leaves, at most 2 splits deep
        parameters  rounds 2; the others at their defaults
        least rows  10 in every leaf, over the federation

        variable  splits
        age            2
        drug           1
        steroids       0

        Patients present at two hospitals are not detected in this version and count twice.

        """)
  }

  @Test func gainsAndImportanceAreShownWhereTheModelHasThem() throws {
    let importance = """
      "importance": [{"variable": "age", "mean_shap": [0.25], "permutation": 0.0625},
        {"variable": "steroids", "mean_shap": [0], "permutation": 0},
        {"variable": "drug", "mean_shap": [0.5], "permutation": -0.125}], "losses": [0.6875, 0.625, 0.65625],
      "stopped_at": 1
      """
    let text = try SampleTrees.released()
      .changing("\"losses\": []", to: importance).changing("\"simulated\": false", to: "\"simulated\": true")
    #expect(
      TreeReport(try SampleTrees.decode(text)).text == """
        simulated   one process was the whole federation, under throw-away identities
        outcome     failure: Failure within 12 months
        model       boosted trees (binary:logistic) of study gut, plan gut-trees
        run         0123456789abcdef0123456789abcdef
        records     240 rows, 96 events, 4 sites
        trees       2 in 2 rounds, 5 leaves, at most 2 splits deep
        held out    mean loss 0.6875 without trees, 0.625 after round 1, the least
        parameters  rounds 2; the others at their defaults
        least rows  10 in every leaf, over the federation

        variable  splits    gain  mean |SHAP|  loss if permuted
                                               within the sites
        drug           1  12.5 %       0.5000           -0.1250
        age            2  87.5 %       0.2500            0.0625
        steroids       0   0.0 %       0.0000            0.0000

        Patients present at two hospitals are not detected in this version and count twice.

        """)
  }
}
