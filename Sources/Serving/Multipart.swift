import Foundation

/// Forms as browsers and curl send them (RFC 7578), as far as one file is concerned.
enum Multipart {
    /// The content of the first part that is a file; nil where there is none or the form is damaged.
    static func firstFile(in body: Data, contentType: String) -> Data? {
        guard let boundary = boundary(contentType) else { return nil }
        let delimiter = Data("--\(boundary)".utf8)
        let end = Data("\r\n--\(boundary)".utf8)
        var position = body.startIndex
        while let start = body.range(of: delimiter, in: position..<body.endIndex)?.upperBound,
            let head = body.range(of: Data("\r\n\r\n".utf8), in: start..<body.endIndex),
            let tail = body.range(of: end, in: head.upperBound..<body.endIndex)
        {
            if String(decoding: body[start..<head.lowerBound], as: UTF8.self).lowercased().contains("filename") {
                return body[head.upperBound..<tail.lowerBound]
            }
            position = tail.lowerBound
        }
        return nil
    }

    private static func boundary(_ contentType: String) -> String? {
        for part in contentType.split(separator: ";").map({ $0.trimmingCharacters(in: .whitespaces) })
        where part.lowercased().hasPrefix("boundary=") {
            let text = part.dropFirst("boundary=".count).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            return (1...70).contains(text.count) ? text : nil
        }
        return nil
    }
}
