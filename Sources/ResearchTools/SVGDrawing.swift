import Foundation

/// A drawing in SVG 1.1, element by element.
struct SVGDrawing {
  enum Anchor: String {
    case start, middle, end
  }

  let width: Double
  let height: Double
  /// What the drawing is, for those who cannot see it.
  let title: String
  private var elements: [String] = []

  init(width: Double, height: Double, title: String) {
    self.width = width
    self.height = height
    self.title = title
  }

  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: String
  ) {
    elements.append(
      "<rect x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(fill)\"/>")
  }

  mutating func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), stroke: String,
    width: Double = 1
  ) {
    elements.append(
      "<line x1=\"\(n(start.x))\" y1=\"\(n(start.y))\" x2=\"\(n(end.x))\" y2=\"\(n(end.y))\" "
        + "stroke=\"\(stroke)\" stroke-width=\"\(n(width))\"/>")
  }

  mutating func circle(
    x: Double, y: Double, radius: Double, fill: String, stroke: String = "none"
  ) {
    elements.append(
      "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" fill=\"\(fill)\" "
        + "stroke=\"\(stroke)\" stroke-width=\"1.5\"/>")
  }

  mutating func curve(
    _ points: [(x: Double, y: Double)], stroke: String, width: Double = 2, isDashed: Bool = false
  ) {
    let list = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    elements.append(
      "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(stroke)\" stroke-width=\"\(n(width))\""
        + "\(isDashed ? " stroke-dasharray=\"6 5\"" : "")/>")
  }

  mutating func polygon(_ points: [(x: Double, y: Double)], fill: String) {
    let list = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    elements.append("<polygon points=\"\(list)\" fill=\"\(fill)\"/>")
  }

  /// - Parameter y: of the baseline.
  mutating func text(
    _ text: String, x: Double, y: Double, size: Double = 13, fill: String = "#222222",
    anchor: Anchor = .start, isBold: Bool = false
  ) {
    elements.append(
      "<text x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" fill=\"\(fill)\" "
        + "text-anchor=\"\(anchor.rawValue)\"\(isBold ? " font-weight=\"bold\"" : "")>"
        + "\(Self.escaped(text))</text>")
  }

  /// The whole document.
  var document: String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <svg xmlns="http://www.w3.org/2000/svg" width="\(n(width))" height="\(n(height))" \
    viewBox="0 0 \(n(width)) \(n(height))" role="img" font-family="Helvetica, Arial, 'Liberation Sans', \
    'DejaVu Sans', sans-serif">
    <title>\(Self.escaped(title))</title>
    <rect width="100%" height="100%" fill="#ffffff"/>
    \(elements.joined(separator: "\n"))
    </svg>

    """
  }

  /// Text as XML 1.0 allows it: marks escaped, control characters left out.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default:
        if scalar.value >= 0x20, scalar.value != 0xFFFE, scalar.value != 0xFFFF {
          escaped.unicodeScalars.append(scalar)
        }
      }
    }
  }

  private func n(_ value: Double) -> String {
    NumberText.shortest((value * 100).rounded() / 100)
  }
}
