import Torch

/// The logarithm of centred anisotropic Gaussians, up to a constant, from three numbers that may have any value.
///
/// The numbers are the matrix logarithm of the precision (the inverse of the covariance, px⁻²),
/// L = m·1 + (p, q; q, −p), with the eigenvalues m ± r, r = √(p² + q²):
///
///     exp L = eᵐ (cosh r · 1 + sinh r / r · (p, q; q, −p))
///     logit(x, y) = −½ (x, y) · exp L · (x, y)ᵀ
struct GaussianLogits {
    /// x² + y², x² − y² and 2xy of each element of a kernel, 3×l².
    private let squares: Tensor

    init(size: Int, device: Device) throws(TorchError) {
        let centre = Float(size - 1) / 2
        let offsets = (0..<size * size).map { (x: Float($0 % size) - centre, y: Float($0 / size) - centre) }
        let rows = offsets.map { $0.x * $0.x + $0.y * $0.y } + offsets.map { $0.x * $0.x - $0.y * $0.y } + offsets.map { 2 * $0.x * $0.y }
        squares = try Tensor(rows, shape: [3, size * size], device: device)
    }

    /// N×3 (m, p, q) to N×l².
    func callAsFunction(_ numbers: Tensor) throws(TorchError) -> Tensor {
        let (level, direction) = (try numbers.slice(1, 0..<1), try numbers.slice(1, 1..<3))
        let r = try (direction.squared().sum([1], keepingDimensions: true) + 1e-6).squareRoot()
        let (up, down) = (try (level + r).exp(), try (level - r).exp())
        let precision = try Tensor.concatenate([up + down, direction * ((up - down) / r)], dim: 1)
        return try precision.matrixProduct(squares) * -0.25
    }
}
