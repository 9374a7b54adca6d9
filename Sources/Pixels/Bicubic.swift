extension Image {
    /// MATLAB's `imresize` with the cubic kernel (a = −0.5): both sides become ⌈n · scale⌉, pixel centres stay aligned,
    /// shrinking widens the kernel (antialiasing), borders are mirrored with the edge sample. Nothing is clipped or rounded.
    public func resizedBicubic(scale: Double) -> Image {
        precondition(scale > 0, "a scale is positive")
        func axis(_ count: Int) -> ResampledAxis {
            // ⌈n · scale⌉, where a product such as 49 · (1/7) may lie a rounding error above the whole number.
            let resized = max(1, Int((Double(count) * scale - 1e-9 * Double(count)).rounded(.up)))
            return ResampledAxis(from: count, to: resized, kernelScale: min(1, scale)) { (Double($0) + 0.5) / scale - 0.5 }
        }
        return resampled(columns: axis(width), rows: axis(height))
    }

    /// Cubic enlargement (a = −0.5, mirrored borders) onto the grid of the super-resolution model, whose low-resolution image
    /// is the high-resolution one decimated from the top left: output sample o reads position o / `scale`.
    public func enlargedOnModelGrid(scale: Int) -> Image { enlargedOnModelGrid(scale: scale, rows: 0..<height * scale) }

    /// Some rows of the enlargement.
    public func enlargedOnModelGrid(scale: Int, rows: Range<Int>) -> Image {
        precondition(scale >= 1, "an enlargement has a scale of at least 1")
        return resampled(
            columns: ResampledAxis(from: width, to: width * scale, kernelScale: 1) { Double($0) / Double(scale) },
            rows: ResampledAxis(from: height, to: rows.count, kernelScale: 1) { Double(rows.lowerBound + $0) / Double(scale) })
    }

    /// Cubic resampling (a = −0.5, mirrored borders) to any size on the grid of the super-resolution model: top-left pixels stay where they
    /// are, output sample o reads position o · width / `width`. Shrinking widens the kernel. Of the image's own size it is the image.
    public func resampledOnModelGrid(width: Int, height: Int) -> Image {
        precondition(width >= 1 && height >= 1, "a size has at least one pixel")
        func axis(_ count: Int, _ resized: Int) -> ResampledAxis {
            let step = Double(count) / Double(resized)
            return ResampledAxis(from: count, to: resized, kernelScale: min(1, 1 / step)) { Double($0) * step }
        }
        return resampled(columns: axis(self.width, width), rows: axis(self.height, height))
    }

    private func resampled(columns: ResampledAxis, rows: ResampledAxis) -> Image {
        var output = [Float](repeating: 0, count: channels * rows.count * columns.count)
        var line = [Float](repeating: 0, count: width)
        samples.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                line.withUnsafeMutableBufferPointer { line in
                    for channel in 0..<channels {
                        for y in 0..<rows.count {
                            rows.combineRows(of: input, firstRow: channel * height, width: width, output: y, into: line)
                            columns.resample(line, into: output, at: (channel * rows.count + y) * columns.count)
                        }
                    }
                }
            }
        }
        return Image(width: columns.count, height: rows.count, channels: channels, samples: output)
    }
}

/// Cubic resampling along one axis (a = −0.5): for every output sample the same number of input indices and weights.
public struct ResampledAxis {
    /// Number of input samples.
    public let inputCount: Int
    /// Number of output samples.
    public let count: Int
    private let taps: Int
    private let indices: [Int]
    private let weights: [Float]

    /// - Parameters:
    ///   - kernelScale: 1, or below 1 to widen the kernel when shrinking.
    ///   - mirrorsStart: whether there is a mirror image before the first sample, as there always is behind the last one; without it the
    ///     other samples share the weight.
    ///   - position: where an output sample lies, in input samples.
    public init(
        from inputCount: Int, to count: Int, kernelScale: Double, mirrorsStart: Bool = true, position: (Int) -> Double
    ) {
        let support = 2 / kernelScale
        let taps = Int((2 * support).rounded(.up))
        var indices = [Int]()
        var weights = [Float]()
        for output in 0..<count {
            let centre = position(output)
            // The kernel is zero at its ends, so that the first sample inside lies above `centre - support`.
            let first = Int((centre - support).rounded(.down)) + 1
            let values = (0..<taps).map { tap in
                mirrorsStart || first + tap >= 0 ? Self.cubic((centre - Double(first + tap)) * kernelScale) : 0
            }
            let sum = values.reduce(0, +)
            weights += values.map { Float($0 / sum) }
            indices += (0..<taps).map { Self.mirrored(first + $0, count: inputCount) }
        }
        self.inputCount = inputCount
        self.count = count
        self.taps = taps
        self.indices = indices
        self.weights = weights
    }

    /// The weights as a matrix, row by row: `count` rows of `inputCount`.
    public var matrix: [Float] {
        var matrix = [Float](repeating: 0, count: count * inputCount)
        for i in indices.indices { matrix[i / taps * inputCount + indices[i]] += weights[i] }
        return matrix
    }

    /// Keys' cubic convolution kernel with a = −0.5.
    private static func cubic(_ x: Double) -> Double {
        let x = abs(x)
        if x <= 1 { return (1.5 * x - 2.5) * x * x + 1 }
        return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    }

    private static func mirrored(_ index: Int, count: Int) -> Int {
        let remainder = index % (2 * count)
        let position = remainder < 0 ? remainder + 2 * count : remainder
        return position < count ? position : 2 * count - 1 - position
    }

    /// Writes output row `output` as a weighted sum of input rows.
    func combineRows(
        of input: UnsafeBufferPointer<Float>, firstRow: Int, width: Int, output: Int, into line: UnsafeMutableBufferPointer<Float>
    ) {
        line.update(repeating: 0)
        for tap in 0..<taps {
            let weight = weights[output * taps + tap]
            guard weight != 0 else { continue }
            let start = (firstRow + indices[output * taps + tap]) * width
            for x in 0..<width { line[x] += weight * input[start + x] }
        }
    }

    /// Resamples one line into `count` samples from `start` on.
    func resample(_ line: UnsafeMutableBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>, at start: Int) {
        indices.withUnsafeBufferPointer { indices in
            weights.withUnsafeBufferPointer { weights in
                for x in 0..<count {
                    var sum: Float = 0
                    for tap in x * taps..<(x + 1) * taps { sum += weights[tap] * line[indices[tap]] }
                    output[start + x] = sum
                }
            }
        }
    }
}
