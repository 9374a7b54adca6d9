import NeuralNetworks
import Torch

extension WienerTask {
    /// Begins with the parameters of a file as ``TrainingTask/adopt(_:fileName:)`` does. A network of fewer channels or blocks grows: what it
    /// has is kept apart from the new channels, which begin at random, and new blocks add nothing, so that the larger network computes the
    /// same until it is trained.
    public func adopt(_ file: SafetensorsFile, fileName: String) throws {
        try parameters.adopt(file, fileName: fileName)
        let named = Dictionary(uniqueKeysWithValues: parameters.named.map { ($0.name, $0.tensor) })
        let isOfThisScale = file.entries["tail.bias"]?.shape == named["tail.bias"]!.shape
        for (name, tensor) in named {
            if let small = file.entries[name]?.shape {
                let isOfTheBody = name.hasPrefix("blocks.")
                guard small != tensor.shape, isOfTheBody || isOfThisScale, small.count == tensor.shape.count,
                    zip(small, tensor.shape).allSatisfy({ $0 <= $1 })
                else { continue }
                try tensor.embed(file.floats(name), shape: small, parts: name.contains(".modulation.") ? 2 : 1)
            } else if name.contains(".second.") {
                try tensor.copy(from: tensor * 0)
            }
        }
    }
}

extension Tensor {
    /// Overwrites the first rows with those of a smaller tensor, which take nothing from the columns that it has not.
    ///
    /// - Parameter parts: Into how many parts the rows fall, each of which has the first rows of its own.
    fileprivate func embed(_ small: [Float], shape: [Int], parts: Int) throws {
        var values = try floats()
        func sizes(_ shape: [Int]) -> (rows: Int, columns: Int) { (shape[0] / parts, shape.count > 1 ? shape[1] : 1) }
        let (old, new, area) = (sizes(shape), sizes(self.shape), shape.dropFirst(2).reduce(1, *))
        for part in 0..<parts {
            for row in 0..<old.rows {
                let source = (part * old.rows + row) * old.columns * area
                let target = (part * new.rows + row) * new.columns * area
                for i in 0..<new.columns * area { values[target + i] = i < old.columns * area ? small[source + i] : 0 }
            }
        }
        try copy(from: Tensor(values, shape: self.shape, device: device))
    }
}
