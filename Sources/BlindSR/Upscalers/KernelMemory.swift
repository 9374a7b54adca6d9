import Pixels

/// What is computed of a kernel and a size alone, kept for the next tile: most tiles of a photo have one size.
final class KernelMemory<Value> {
    private struct Key: Equatable {
        let kernel: BlurKernel
        let height: Int
        let width: Int
        let scale: Int
    }

    private var kept: (key: Key, value: Value)?

    /// The value for a kernel on an LR image's grid; `make` computes it where the last one was another's.
    func callAsFunction<E>(_ kernel: BlurKernel, for lr: Image, scale: Int, make: () throws(E) -> Value) throws(E) -> Value {
        let key = Key(kernel: kernel, height: lr.height, width: lr.width, scale: scale)
        if let kept, kept.key == key { return kept.value }
        let value = try make()
        kept = (key, value)
        return value
    }
}
