import Foundation
import Torch

/// The kernels of the flow kernel prior (FKP, Liang et al. 2021): anisotropic Gaussians that are wider at larger scales, for use in a
/// correlation, with their centre of mass at (n − s)/2.
///
/// A correlation with such a kernel, decimated from the top left, puts LR pixel i at HR position s·i − (s − 1)/2, while this library has it at
/// s·i. `centred(_:)` is the one place where their kernels become ours.
public struct FKPKernels: Sendable, Equatable {
    public let scale: Int
    /// The side n: 11, 15 and 19 at ×2, ×3 and ×4.
    public let size: Int
    /// The covariance eigenvalues in HR px², uniform and independent; the angle is uniform in [0, π).
    public let variances: ClosedRange<Double>

    /// The scales that the authors trained flows for.
    public static let scales = [2, 3, 4]

    /// - Parameter scale: One of ``scales``.
    public init(scale: Int) {
        precondition(Self.scales.contains(scale), "there are flows for ×2, ×3 and ×4")
        self.scale = scale
        size = 4 * scale + 3
        variances = 0.175 * Double(scale)...2.5 * Double(scale)
    }

    /// One draw; three random numbers are used up.
    public func sample(using generator: inout some RandomNumberGenerator) -> GaussianParameters {
        GaussianParameters(
            variance1: generator.uniform(in: variances), variance2: generator.uniform(in: variances), angle: generator.uniform() * .pi)
    }

    /// A Gaussian as the authors make it, row by row, with sum one: sampled around n/2 + (s − 1)/2, then moved by a cubic spline until its centre
    /// of mass is at (n − s)/2. It may hold small negative values.
    public func gaussian(_ parameters: GaussianParameters) -> [Double] {
        let (cosine, sine) = (cos(parameters.angle), sin(parameters.angle))
        let xx = cosine * cosine / parameters.variance1 + sine * sine / parameters.variance2
        let xy = cosine * sine * (1 / parameters.variance1 - 1 / parameters.variance2)
        let yy = sine * sine / parameters.variance1 + cosine * cosine / parameters.variance2
        let mean = Double(size / 2) + Double(scale - 1) / 2
        let raw = (0..<size * size).map { index in
            let (x, y) = (Double(index % size) - mean, Double(index / size) - mean)
            return exp(-0.5 * (xx * x * x + 2 * xy * x * y + yy * y * y))
        }
        let found = centreOfMass(raw, columns: size)
        let wanted = Double(size - scale) / 2
        let moved = shifted(raw, rows: size, columns: size, down: wanted - found.row, right: wanted - found.column, border: .zero)
        let sum = moved.reduce(0, +)
        return moved.map { $0 / sum }
    }

    /// By what kernels are divided so that they lie between 0 and 1: the largest value of the narrowest one to five digits, and 0.01.
    var normalization: Double {
        let least = variances.lowerBound
        let narrowest = gaussian(GaussianParameters(variance1: least, variance2: least, angle: 0))
        return (narrowest.max()! * 1e5).rounded() / 1e5 + 0.01
    }

    /// The authors' kernels N×1×n×n as this library has kernels: moved by (s − 1)/2 to the middle of their canvas, then turned by 180°, so that
    /// they are for a true convolution. Linear in the kernels.
    func centred(_ kernels: Tensor) throws(TorchError) -> Tensor {
        let columns = (0..<size).flatMap { i in
            let unit = (0..<size).map { $0 == i ? 1.0 : 0 }
            return shifted(unit, rows: 1, columns: size, down: 0, right: Double(scale - 1) / 2, border: .zero).map(Float.init)
        }
        // Row i of the matrix is what becomes of a unit at i, so that the shift is a product from the right.
        let shift = try Tensor(columns, shape: [size, size], device: kernels.device)
        return try shift.permuted([1, 0]).matrixProduct(kernels).matrixProduct(shift).flipped([-2, -1])
    }

    /// The authors' kernels N×1×n×n turned by 180°: for a true convolution, on the authors' grid.
    func turned(_ kernels: Tensor) throws(TorchError) -> Tensor { try kernels.flipped([-2, -1]) }
}
