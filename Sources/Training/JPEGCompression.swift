import Torch

/// What JPEG leaves of images, without the entropy coding that loses nothing: colours to 8-bit YCbCr, chroma at full or half resolution,
/// quantised blocks, and back as libjpeg decodes them.
struct JPEGCompression {
    /// The resolution of the chroma.
    enum Chroma {
        /// 4:4:4.
        case full
        /// 4:2:0: means of 2×2 pixels, enlarged with the weights 3/4 and 1/4.
        case halved
    }

    private let quantisation: BlockQuantisation
    /// RGB to YCbCr (ITU-T T.871) and back, O×I.
    private let toYCbCr: Tensor
    private let toRGB: Tensor

    init(device: Device) throws(TorchError) {
        quantisation = try BlockQuantisation(device: device)
        let forward: [Float] = [0.299, 0.587, 0.114, -0.168736, -0.331264, 0.5, 0.5, -0.418688, -0.081312]
        let inverse: [Float] = [1, 0, 1.402, 1, -0.344136, -0.714136, 1, 1.772, 0]
        toYCbCr = try Tensor(forward, shape: [3, 3], device: device)
        toRGB = try Tensor(inverse, shape: [3, 3], device: device)
    }

    /// N×3×H×W in [0, 1] as 8-bit files, compressed with one quality from 1 to 100 each; 8-bit values. Blocks start at the top left.
    func callAsFunction(_ images: Tensor, qualities: [Int], chroma: Chroma) throws(TorchError) -> Tensor {
        let (height, width) = (images.shape[2], images.shape[3])
        // Cb and Cr are kept around 0, Y is moved there: all levels are −128 to 127.
        let colours = try Self.mixed(Self.filled(images * 255, multipleOf: chroma == .full ? 8 : 16), toYCbCr).rounded()
        let luminance = try colours.slice(1, 0..<1) - 128
        var differences = try colours.slice(1, 1..<3)
        if chroma == .halved { differences = try Self.halved(differences).rounded() }
        var decoded = try Self.levels(differences + quantisation.change(of: differences, .chrominance, qualities: qualities))
        if chroma == .halved { decoded = try Self.doubled(Self.doubled(decoded, 2), 3).rounded() }
        let decodedLuminance = try Self.levels(luminance + quantisation.change(of: luminance, .luminance, qualities: qualities))
        return try Self.mixed(.concatenate([decodedLuminance + 128, decoded], dim: 1), toRGB).rounded().clamped(to: 0...255)
            .slice(2, 0..<height).slice(3, 0..<width) / 255
    }

    /// The luminance of N×3×H×W in [0, 1] compressed, colour left alone, clipped to [0, 1] and not rounded: enough for what looks at
    /// luminance.
    func luminance(of images: Tensor, qualities: [Int]) throws(TorchError) -> Tensor {
        let weights = try Tensor([0.299, 0.587, 0.114] as [Float], shape: [1, 3, 1, 1], device: images.device)
        let luminance = try Self.filled((images * weights).sum([1], keepingDimensions: true), multipleOf: 8)
        let change = try quantisation.change(of: luminance * 255 - 128, .luminance, qualities: qualities) / 255
        return try (images + change.slice(2, 0..<images.shape[2]).slice(3, 0..<images.shape[3])).clamped(to: 0...1)
    }

    /// Continued to the right and below to multiples of `side`, by repeating the last column and row.
    private static func filled(_ planes: Tensor, multipleOf side: Int) throws(TorchError) -> Tensor {
        func missing(_ length: Int) -> Int { (side - length % side) % side }
        return try planes.padded(right: missing(planes.shape[3]), bottom: missing(planes.shape[2]), .replicate)
    }

    private static func levels(_ planes: Tensor) throws(TorchError) -> Tensor { try planes.rounded().clamped(to: -128...127) }

    /// Channels mixed by a matrix O×I.
    private static func mixed(_ planes: Tensor, _ matrix: Tensor) throws(TorchError) -> Tensor {
        try matrix.matrixProduct(planes.reshaped(Array(planes.shape[..<2]) + [-1])).reshaped(planes.shape)
    }

    private static func halved(_ planes: Tensor) throws(TorchError) -> Tensor {
        let (height, width) = (planes.shape[2], planes.shape[3])
        let rows = try planes.slice(2, 0..<height, step: 2) + planes.slice(2, 1..<height, step: 2)
        return try (rows.slice(3, 0..<width, step: 2) + rows.slice(3, 1..<width, step: 2)) / 4
    }

    /// Twice as long in dimension 2 or 3: each pair of new values is three quarters of the old one and a quarter of its neighbour.
    private static func doubled(_ planes: Tensor, _ dim: Int) throws(TorchError) -> Tensor {
        var shape = planes.shape
        let length = shape[dim]
        let wide = try dim == 2 ? planes.padded(top: 1, bottom: 1, .replicate) : planes.padded(left: 1, right: 1, .replicate)
        let own = try planes * 0.75
        let pair = try [0, 2].map { (start) throws(TorchError) in
            try (own + wide.slice(dim, start..<start + length) * 0.25).reshaped(shape[...dim] + [1] + shape[(dim + 1)...])
        }
        shape[dim] *= 2
        return try Tensor.concatenate(pair, dim: dim + 1).reshaped(shape)
    }
}
