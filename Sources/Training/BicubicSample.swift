import BlindSR
import Pixels
import Torch

/// What RCAN is trained on: HR crops and the same shrunk by bicubic interpolation with antialiasing, rounded to 8 bit.
struct BicubicSource {
    /// LR pixels around a crop that take part in the shrinking.
    private let margin: Int
    private let crops: CropSource
    private let scale: Int
    private let seed: UInt64
    private let device: Device
    /// (side/s)×side: what shrinking does to a column.
    private let shrinking: Tensor

    /// - Parameters:
    ///   - side: Of the HR crops, a multiple of the scale.
    ///   - margin: 4 for parts of larger photos; 0 for crops that count as photos of their own.
    init(
        _ pack: TrainingPack, _ set: KeyPath<TrainingPack, [TrainingPack.Picture]>, side: Int, margin: Int, scale: Int, seed: UInt64,
        device: Device
    ) throws {
        precondition(side % scale == 0, "crops have whole LR pixels")
        crops = try CropSource(pack, set, side: side + 2 * margin * scale)
        self.margin = margin
        self.scale = scale
        self.seed = seed
        self.device = device
        let length = crops.side
        let columns = (0..<length).flatMap { position in
            var unit = Image(width: length, height: 1, channels: 1)
            unit[position, 0, 0] = 1
            return unit.resizedBicubic(scale: 1 / Double(scale)).samples
        }
        shrinking = try Tensor(columns, shape: [length, length / scale], device: device).permuted([1, 0])
    }

    /// Samples `range`: HR N×3×H×W and LR N×3×h×w; sample i is a pure function of (seed, i).
    func batch(_ range: Range<Int>) throws(TorchError) -> (hr: Tensor, lr: Tensor) {
        var random = range.map { CounterRandom(seed: seed, index: UInt64($0)) }
        let whole = try crops.batch(&random, device: device)
        let small = try shrinking.matrixProduct(whole).matrixProduct(shrinking.permuted([1, 0])).roundedTo8Bit()
        func inside(_ x: Tensor, margin: Int) throws(TorchError) -> Tensor {
            let range = margin..<x.shape[2] - margin
            return try x.slice(2, range).slice(3, range)
        }
        return (try inside(whole, margin: margin * scale), try inside(small, margin: margin))
    }
}
