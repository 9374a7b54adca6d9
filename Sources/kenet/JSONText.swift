/// JSON whose keys keep their order, on one line.
indirect enum JSONText: CustomStringConvertible {
    case null
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case string(String)
    case array([JSONText])
    case object([(String, JSONText)])

    /// A string, or null.
    static func optional(_ text: String?) -> JSONText { text.map(string) ?? .null }

    var description: String {
        switch self {
        case .null: "null"
        case .integer(let value): String(value)
        // The shortest text that reads back as the same number: up to 17 digits.
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .boolean(let value): String(value)
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.description).joined(separator: ",") + "]"
        case .object(let fields): "{" + fields.map { "\(Self.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\u{0}"..<" ", "\u{7F}": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
