import Foundation
import NeuralNetworks

/// Writes state dictionaries as PyTorch's `torch.save` does in its old layout: what tests import.
public enum PyTorchFile {
    /// float32 tensors by name.
    ///
    /// - Parameter name: Under which a training checkpoint keeps them, before what else is in it; nil for a plain dictionary. The last tensor is
    ///   then that of an optimizer.
    public static func write(
        _ tensors: [(name: String, shape: [Int], values: [Float])], under name: String? = nil, to path: String
    ) throws {
        let magic: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
        var bytes = pickle(magic.dropFirst(2)) + pickle([UInt8(ascii: "M"), 0xe9, 0x03]) + pickle([UInt8(ascii: "}")])
        let named = tensors.enumerated().map { text($1.name) + tensor($1.shape, key: "\($0)") }
        func dictionary(_ entries: some Sequence<[UInt8]>) -> [UInt8] { ascii("}(") + entries.flatMap(\.self) + ascii("u") }
        if let name {
            let network = text(name) + dictionary(named.dropLast())
            bytes += pickle(dictionary([text("epoch") + number(3), text("optimizer") + dictionary([named.last!]), network]))
        } else {
            bytes += pickle(dictionary(named))
        }
        bytes += pickle(ascii("](") + tensors.indices.flatMap { text("\($0)") } + ascii("e"))
        for tensor in tensors {
            bytes += little(Int64(tensor.values.count)) + tensor.values.flatMap { little(Int32(bitPattern: $0.bitPattern)) }
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static func pickle(_ content: some Sequence<UInt8>) -> [UInt8] { [0x80, 2] + content + ascii(".") }
    private static func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    private static func text(_ text: String) -> [UInt8] { ascii("X") + little(Int32(text.utf8.count)) + ascii(text) }
    private static func number(_ value: Int) -> [UInt8] { ascii("J") + little(Int32(value)) }
    private static func tuple(_ values: [Int]) -> [UInt8] { ascii("(") + values.flatMap(number) + ascii("t") }

    private static func tensor(_ shape: [Int], key: String) -> [UInt8] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        let place = text("storage") + ascii("ctorch\nFloatStorage\n") + text(key) + text("cpu") + number(shape.reduce(1, *)) + ascii("N")
        let storage = ascii("(") + place + ascii("tQ")
        let hooks: [UInt8] = [0x89] + ascii("ccollections\nOrderedDict\n)R")
        return ascii("ctorch._utils\n_rebuild_tensor_v2\n(") + storage + number(0) + tuple(shape) + tuple(strides) + hooks + ascii("tR")
    }
}
