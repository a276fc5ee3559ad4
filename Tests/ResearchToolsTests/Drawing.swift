import Foundation
import FoundationXML

/// Reads drawings in SVG.
enum Drawing {
  /// The texts of a drawing; nil unless it is well-formed XML.
  static func texts(of svg: String) -> [String]? {
    final class Collector: NSObject, XMLParserDelegate {
      var texts: [String] = []
      var current: String?

      func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
      ) {
        current = name == "text" ? "" : nil
      }

      func parser(_ parser: XMLParser, foundCharacters string: String) { current? += string }

      func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
      ) {
        if let current { texts.append(current) }
        current = nil
      }
    }
    let collector = Collector()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = collector
    return parser.parse() ? collector.texts : nil
  }
}
