import Foundation

/// A blur kernel in true-convolution orientation: `blurred[i, j] = Σ values[u, v] · sharp[i − (u − c), j − (v − c)]`, where the centre `c`
/// of an axis with n elements is element ⌊n/2⌋, also for even n.
public struct BlurKernel: Sendable, Equatable {
    /// The heights and widths that are accepted.
    public static let sizes = 1...101

    /// The largest accepted share of negative values, relative to the sum of the positive ones. Interpolation and shifting by splines
    /// leave small negative lobes (bicubic interpolation has 0.17); what has more is a sharpening filter.
    static let largestNegativeShare = 0.25

    /// Rows.
    public let height: Int
    /// Columns.
    public let width: Int
    /// Row by row from the top left, `height × width` of them.
    public let values: [Float]

    /// A kernel from numbers of unknown origin.
    ///
    /// With `normalize` the values are divided by their sum; without it they are kept as they are. Throws `BlurKernelError` for sizes
    /// outside `sizes`, a wrong count, values that are not finite, a sum that is not positive, and mostly negative values.
    public init(height: Int, width: Int, values: [Float], normalize: Bool) throws(BlurKernelError) {
        try self.init(height: height, width: width, doubles: values.map(Double.init), normalize: normalize)
    }

    /// The same for double precision; rounding to `Float` comes last.
    public init(height: Int, width: Int, doubles: [Double], normalize: Bool) throws(BlurKernelError) {
        guard Self.sizes.contains(height), Self.sizes.contains(width) else { throw .size(height: height, width: width) }
        guard doubles.count == height * width else { throw .count(expected: height * width, found: doubles.count) }
        guard doubles.allSatisfy({ Float($0).isFinite }) else { throw .notFinite }
        let positive = doubles.reduce(0) { $0 + max($1, 0) }
        let negative = doubles.reduce(0) { $0 + max(-$1, 0) }
        guard positive > 0 else { throw .noWeight }
        guard negative <= Self.largestNegativeShare * positive else { throw .negative }
        let factor = normalize ? positive - negative : 1
        let values = doubles.map { Float($0 / factor) }
        guard values.contains(where: { $0 > 0 }) else { throw .noWeight }
        self.init(height: height, width: width, unchecked: values)
    }

    /// A kernel of this library's own making, whose values are right by construction.
    init(height: Int, width: Int, unchecked values: [Float]) {
        precondition(values.count == height * width, "a kernel has height × width values")
        self.height = height
        self.width = width
        self.values = values
    }

    /// The side of the kernels that the paper and this library use at a scale from 1 to 4: 11, 11, 15 and 21.
    public static func defaultSize(scale: Int) -> Int {
        precondition((1...4).contains(scale), "scales are 1 to 4")
        return [11, 11, 15, 21][scale - 1]
    }

    /// The value in row `row` and column `column`.
    public subscript(row: Int, column: Int) -> Float {
        values[row * width + column]
    }

    /// The sum of all values.
    public var sum: Double {
        values.reduce(0) { $0 + Double($1) }
    }

    /// Reversed in both axes: the kernel with which a correlation does what this one does in a convolution.
    public var rotated180: BlurKernel { DihedralElement.rotated180.apply(to: self) }

    /// Rows and columns exchanged.
    public var transposed: BlurKernel { DihedralElement.transposed.apply(to: self) }

    /// Kernel PSNR in dB: −10·log₁₀ of the mean squared difference, peak 1, values as they are; infinite for equal kernels.
    ///
    /// Kernels of different size are compared on the larger canvas.
    public func kernelPSNR(to other: BlurKernel) -> Double {
        let (height, width) = (max(height, other.height), max(width, other.width))
        let a = resizedCanvas(height: height, width: width)
        let b = other.resizedCanvas(height: height, width: width)
        let squares = zip(a.values, b.values).reduce(0.0) { sum, pair in
            let difference = Double(pair.0) - Double(pair.1)
            return sum + difference * difference
        }
        return -10 * log10(squares / Double(height * width))
    }

    /// The same values on a larger or smaller canvas; centre stays on centre, what falls outside is lost, the rest is zero.
    public func resizedCanvas(height newHeight: Int, width newWidth: Int) -> BlurKernel {
        let top = newHeight / 2 - height / 2
        let left = newWidth / 2 - width / 2
        var result = [Float](repeating: 0, count: newHeight * newWidth)
        for row in max(0, -top)..<max(0, -top, min(height, newHeight - top)) {
            for column in max(0, -left)..<max(0, -left, min(width, newWidth - left)) {
                result[(row + top) * newWidth + column + left] = self[row, column]
            }
        }
        return BlurKernel(height: newHeight, width: newWidth, unchecked: result)
    }

    /// The same values on a square canvas of side `size`.
    public func resizedCanvas(to size: Int) -> BlurKernel {
        resizedCanvas(height: size, width: size)
    }
}

/// Why numbers do not make a blur kernel, each case one sentence.
public enum BlurKernelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A side outside `BlurKernel.sizes`.
    case size(height: Int, width: Int)
    /// More or fewer values than height × width.
    case count(expected: Int, found: Int)
    /// A value is infinite or not a number.
    case notFinite
    /// No value is positive.
    case noWeight
    /// The negative values outweigh what a blur can have.
    case negative
    /// The picture of a kernel has colours.
    case coloured
    /// A covariance eigenvalue outside `GaussianParameters.variances`.
    case variance(Double)
    /// An angle that is not finite.
    case angle

    /// The reason as part of a sentence.
    public var reason: String {
        switch self {
        case .size(let height, let width):
            "its size is \(height)×\(width), allowed are \(BlurKernel.sizes.lowerBound)×\(BlurKernel.sizes.lowerBound) to "
                + "\(BlurKernel.sizes.upperBound)×\(BlurKernel.sizes.upperBound)"
        case .count(let expected, let found): "\(expected) values are needed and \(found) are there"
        case .notFinite: "a value is not a finite number"
        case .noWeight: "no value is positive"
        case .negative: "too much of it is negative"
        case .coloured: "the picture is not grey"
        case .variance(let value):
            "the eigenvalue \(value) is outside \(GaussianParameters.variances.lowerBound) to \(GaussianParameters.variances.upperBound)"
        case .angle: "the angle is not a finite number"
        }
    }

    public var description: String { "This is not a blur kernel (\(reason))." }
}
