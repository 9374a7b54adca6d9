import Fixtures
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct WienerFilterTests {
    /// Q⁻¹ of the filter's prior, written in pixels: minus the circular Laplacian, plus its floor of 10⁻⁴.
    private func roughness(_ x: Tensor) throws -> Tensor {
        let neighbours = try [(1, 0), (-1, 0), (0, 1), (0, -1)].map { try x.rolled(by: [$0, $1], dims: [-2, -1]) }
        return try x * 4.0001 - (neighbours[0] + neighbours[1] + neighbours[2] + neighbours[3])
    }

    /// The estimate minimises ‖A·x − y‖² + noise·xᵀQ⁻¹x: the gradient vanishes, for every scale, odd and even sizes and several levels at once.
    @Test(arguments: 1...4, [(3, 4), (5, 3), (4, 7)])
    func answerIsTheMinimum(scale: Int, low: (height: Int, width: Int)) throws {
        let (height, width) = (low.height * scale, low.width * scale)
        let blur = try CircularBlur(kernel: Seeded.kernels([2, 1, 5, 6], seed: 1), height: height, width: width, scale: scale)
        let y = try Seeded.tensor([2, 3, low.height, low.width], seed: 2)
        let noise = [[1e-3, 0.2], [3e-2, 1]]
        let answers = try WienerFilter(blur)(y, noise: Tensor(noise.flatMap { $0 }, shape: [2, 2]))
        #expect(answers.shape == [2, 2, 3, height, width])
        for level in 0..<2 {
            let x = try answers.slice(1, level..<level + 1).reshaped([2, 3, height, width])
            let weights = try Tensor(noise.map { $0[level] }, shape: [2, 1, 1, 1])
            let gradient = try blur.adjoint(y - blur.degraded(x)) - weights * roughness(x)
            #expect(try gradient.abs().maximum().item() < 1e-6)
        }
    }

    /// Without noise the answer explains the LR image.
    @Test func littleNoiseMeansConsistency() throws {
        let blur = try CircularBlur(kernel: Seeded.kernels([1, 1, 3, 3], seed: 3), height: 12, width: 16, scale: 2)
        let y = try Seeded.tensor([1, 3, 6, 8], seed: 4)
        let x = try WienerFilter(blur)(y, noise: .full(1e-9, shape: [1, 1], type: .float64)).reshaped([1, 3, 12, 16])
        #expect(try (blur.degraded(x) - y).abs().maximum().item() < 1e-5)
    }
}
