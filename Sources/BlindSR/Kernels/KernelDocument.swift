/// A blur kernel in JSON: a bare array of rows; an object with `values` (flat or rows) and `size` (a number or [height, width]) or
/// `height` and `width`; or an object that holds such an object as `kernel`, as `kenet upscale --json` prints.
struct KernelDocument: Decodable {
    let height: Int
    let width: Int
    /// Row by row.
    let values: [Double]

    /// What is wrong with the document, as part of a sentence.
    struct Failure: Error {
        let reason: String
    }

    private enum Key: String, CodingKey {
        case kernel, values, size, height, width
    }

    init(from decoder: any Decoder) throws {
        guard let object = try? decoder.container(keyedBy: Key.self) else {
            guard let rows = try? decoder.singleValueContainer().decode([[Double]].self) else {
                throw Failure(reason: "it is neither an array of rows of numbers nor an object")
            }
            try self.init(rows: rows)
            return
        }
        if object.contains(.kernel) {
            self = try object.decode(KernelDocument.self, forKey: .kernel)
        } else if let rows = try? object.decode([[Double]].self, forKey: .values) {
            try self.init(rows: rows)
        } else if let values = try? object.decode([Double].self, forKey: .values) {
            let (height, width) = try Self.size(object, count: values.count)
            self.init(height: height, width: width, values: values)
        } else {
            throw Failure(reason: "it has no array of numbers named values")
        }
    }

    private init(rows: [[Double]]) throws(Failure) {
        guard rows.allSatisfy({ $0.count == rows[0].count }) else { throw Failure(reason: "its rows differ in length") }
        self.init(height: rows.count, width: rows.first?.count ?? 0, values: rows.flatMap(\.self))
    }

    private init(height: Int, width: Int, values: [Double]) {
        self.height = height
        self.width = width
        self.values = values
    }

    /// The stated size, or the side of a square.
    private static func size(_ object: KeyedDecodingContainer<Key>, count: Int) throws(Failure) -> (Int, Int) {
        if let side = try? object.decode(Int.self, forKey: .size) { return (side, side) }
        if let sides = try? object.decode([Int].self, forKey: .size), sides.count == 2 { return (sides[0], sides[1]) }
        if let height = try? object.decode(Int.self, forKey: .height), let width = try? object.decode(Int.self, forKey: .width) {
            return (height, width)
        }
        let side = Int(Double(count).squareRoot().rounded())
        guard side * side == count, !object.contains(.size) else { throw Failure(reason: "its size is not stated") }
        return (side, side)
    }
}
