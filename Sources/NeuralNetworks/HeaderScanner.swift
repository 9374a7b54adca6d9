/// A scanner for the part of JSON that safetensors headers use; it never reads outside its bytes.
struct HeaderScanner {
    let bytes: [UInt8]
    let file: String
    private var position = 0

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    func malformed(_ reason: String) -> SafetensorsError {
        .malformed(file: file, reason: reason)
    }

    /// Whether only white space is left.
    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == bytes.count
        }
    }

    /// Scans an object and calls `value` behind every key's colon.
    mutating func object(_ value: (inout HeaderScanner, String) throws(SafetensorsError) -> Void) throws(SafetensorsError) {
        try expect("{")
        if skip("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try value(&self, key)
        } while skip(",")
        try expect("}")
    }

    /// Scans an array of non-negative integers.
    mutating func integers() throws(SafetensorsError) -> [Int] {
        var result: [Int] = []
        try expect("[")
        if skip("]") { return result }
        repeat {
            result.append(try integer())
        } while skip(",")
        try expect("]")
        return result
    }

    /// Scans a string, escapes included.
    mutating func string() throws(SafetensorsError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw malformed("the header is not UTF-8") }
                return string
            case UInt8(ascii: "\\"):
                text.append(contentsOf: try escape())
            case 0..<0x20:
                throw malformed("a string in the header holds a control character")
            default:
                text.append(byte)
            }
        }
        throw malformed("a string in the header does not end")
    }

    private mutating func integer() throws(SafetensorsError) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]), digit < 10 {
            let (product, overflow1) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.addingReportingOverflow(digit)
            guard !overflow1 && !overflow2 else { throw malformed("a number in the header is too large") }
            value = sum
            position += 1
        }
        guard position > start, position - start == 1 || bytes[start] != UInt8(ascii: "0") else {
            throw malformed("the header has no whole number where one is needed")
        }
        return value
    }

    /// What an escape sequence stands for, as UTF-8; the backslash has been read.
    private mutating func escape() throws(SafetensorsError) -> [UInt8] {
        guard position < bytes.count else { throw malformed("a string in the header does not end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            var units = [try codeUnit()]
            if UTF16.isLeadSurrogate(units[0]), bytes[position...].starts(with: Array("\\u".utf8)) {
                position += 2
                units.append(try codeUnit())
            }
            guard let text = String(validating: units, as: UTF16.self) else { throw malformed("the header holds half a surrogate pair") }
            return Array(text.utf8)
        default: throw malformed("the header holds an unknown escape sequence")
        }
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit() throws(SafetensorsError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Self.digit(bytes[position]) else {
                throw malformed("the header holds an unknown escape sequence")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
        guard skip(character) else { throw malformed("the header is not the JSON that it should be, at its byte \(position)") }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte) - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte) - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte) - 55
        default: nil
        }
    }
}
