/// A two-dimensional array of floating-point numbers in NumPy's `.npy` format, versions 1 to 3.
struct NumpyFile {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    let height: Int
    let width: Int
    /// Row by row.
    let values: [Double]

    /// What is wrong with a file, as part of a sentence.
    struct Failure: Error {
        let reason: String
    }

    /// Reads `bytes`; axes of length one beyond two are dropped.
    init(_ bytes: [UInt8]) throws(Failure) {
        guard bytes.starts(with: Self.magic), bytes.count >= 12 else { throw Failure(reason: "it is not an .npy file") }
        let lengthBytes = bytes[6] == 1 ? 2 : 4
        guard (1...3).contains(bytes[6]) else { throw Failure(reason: "its .npy version is unknown") }
        let length = bytes[8..<(8 + lengthBytes)].reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthBytes + length
        guard start <= bytes.count else { throw Failure(reason: "its header is truncated") }
        var scanner = NumpyHeaderScanner(bytes: bytes[(8 + lengthBytes)..<start])
        let header = try scanner.header()

        (height, width) = try Self.plane(header.shape)
        guard BlurKernel.sizes.contains(height), BlurKernel.sizes.contains(width) else {
            throw Failure(reason: BlurKernelError.size(height: height, width: width).reason)
        }
        let size: Int
        switch header.type.dropFirst() {
        case "f4": size = 4
        case "f8": size = 8
        default: throw Failure(reason: "its numbers are of type \(header.type), f4 or f8 is needed")
        }
        let count = height * width
        guard bytes.count - start == count * size else {
            throw Failure(reason: "it holds \(bytes.count - start) bytes of numbers instead of \(count * size)")
        }
        let isBigEndian = header.type.first == ">"
        let numbers = (0..<count).map { index in
            let element = bytes[(start + index * size)..<(start + (index + 1) * size)]
            let bits = (isBigEndian ? Array(element) : element.reversed()).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return size == 8 ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(bits)))
        }
        let (rows, columns) = (height, width)
        values = header.isFortranOrder ? (0..<count).map { numbers[$0 % columns * rows + $0 / columns] } : numbers
    }

    /// Height and width of a shape such as (1, 1, 11, 11) or (11, 11, 1).
    private static func plane(_ shape: [Int]) throws(Failure) -> (Int, Int) {
        var axes = shape[...]
        while axes.count > 2, axes.first == 1 { axes.removeFirst() }
        while axes.count > 2, axes.last == 1 { axes.removeLast() }
        guard axes.count == 2, let height = axes.first, let width = axes.last else {
            throw Failure(reason: "its shape is (\(shape.map(String.init).joined(separator: ", "))), two axes are needed")
        }
        return (height, width)
    }

    /// The file for a row-by-row array of 32-bit floats, version 1.
    static func encode(height: Int, width: Int, values: [Float]) -> [UInt8] {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(height), \(width)), }"
        // The data begin at a multiple of 64 bytes and the header ends with a line feed.
        header += String(repeating: " ", count: -(11 + header.utf8.count) & 63) + "\n"
        let length = UInt16(header.utf8.count)
        var bytes = magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(header.utf8)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}

/// A scanner for the Python dictionary that heads an `.npy` file.
private struct NumpyHeaderScanner {
    private var rest: ArraySlice<UInt8>

    init(bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func header() throws(NumpyFile.Failure) -> (type: String, isFortranOrder: Bool, shape: [Int]) {
        var type: String?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !skip("}") {
            let key = try string()
            try expect(":")
            switch key {
            case "descr": type = try string()
            case "fortran_order": isFortranOrder = try boolean()
            case "shape": shape = try tuple()
            default: throw failure
            }
            if !skip(",") {
                try expect("}")
                break
            }
        }
        guard let type, let isFortranOrder, let shape else { throw failure }
        return (type, isFortranOrder, shape)
    }

    private var failure: NumpyFile.Failure { NumpyFile.Failure(reason: "its .npy header is damaged") }

    private mutating func string() throws(NumpyFile.Failure) -> String {
        let hasSingleQuotes = skip("'")
        if !hasSingleQuotes { try expect("\"") }
        guard let end = rest.firstIndex(of: UInt8(ascii: hasSingleQuotes ? "'" : "\"")) else { throw failure }
        let text = rest[..<end]
        rest = rest[(end + 1)...]
        guard let string = String(validating: text, as: UTF8.self) else { throw failure }
        return string
    }

    private mutating func boolean() throws(NumpyFile.Failure) -> Bool {
        if skip("True") { return true }
        try expect("False")
        return false
    }

    private mutating func tuple() throws(NumpyFile.Failure) -> [Int] {
        var result: [Int] = []
        try expect("(")
        while !skip(")") {
            skipSpace()
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)) else { throw failure }
            result.append(value)
            rest = rest[digits.endIndex...]
            if !skip(",") {
                try expect(")")
                break
            }
        }
        return result
    }

    private mutating func expect(_ word: String) throws(NumpyFile.Failure) {
        guard skip(word) else { throw failure }
    }

    private mutating func skip(_ word: String) -> Bool {
        skipSpace()
        let bytes = Array(word.utf8)
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
        return true
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0a }
    }
}
