/// A model's forest plot in a file.
package enum PlotFile {
  package static func write(_ model: ModelFile, to path: String, force: Bool) throws -> WrittenReport {
    try LocalFiles.write(ForestPlot(model).svg, to: path, force: force)
    return WrittenReport(simulated: model.simulated, files: [path])
  }
}
