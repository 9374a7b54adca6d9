import Fixtures
import NeuralNetworks
import Testing
import Torch

@testable import BlindSR

@Suite(.serialized) struct CircularBlurTests {
    /// HR sizes, odd and even, multiples of the scale and not, with kernels that are odd, even, oblong and larger than the image.
    static let cases = [(12, 24, 5, 5), (13, 17, 6, 4), (9, 8, 7, 3), (11, 10, 21, 14)]

    @Test(arguments: 1...4, cases)
    func adjointSatisfiesItsDefinition(scale: Int, size: (height: Int, width: Int, rows: Int, columns: Int)) throws {
        let kernel = try Seeded.kernels([2, 1, size.rows, size.columns], seed: 1)
        let blur = try CircularBlur(kernel: kernel, height: size.height, width: size.width, scale: scale)
        let x = try Seeded.tensor([2, 3, size.height, size.width], seed: 2)
        let forward = try blur.degraded(x)
        #expect(forward.shape == [2, 3, (size.height + scale - 1) / scale, (size.width + scale - 1) / scale])
        let y = try Seeded.tensor(forward.shape, seed: 3)
        let (left, right) = try ((forward * y).sum().item(), (x * blur.adjoint(y)).sum().item())
        #expect(abs(left - right) < 1e-12 * abs(left))
    }

    @Test(arguments: 1...4, cases)
    func degradationIsTheSumOfItsDefinition(scale: Int, size: (height: Int, width: Int, rows: Int, columns: Int)) throws {
        let kernel = try Seeded.kernels([1, 1, size.rows, size.columns], seed: 4)
        let x = try Seeded.tensor([1, 1, size.height, size.width], seed: 5)
        let blur = try CircularBlur(kernel: kernel, height: size.height, width: size.width, scale: scale)
        let matrix = try Self.matrix(kernel, height: size.height, width: size.width, scale: scale)
        let expected = try Self.product(matrix, x.elements())
        #expect(try Deviation(blur.degraded(x).elements(), expected).maximum < 1e-13)
    }

    @Test(arguments: 1...4, [(3, 4), (5, 3), (4, 6)])
    func dataStepSolvesItsNormalEquations(scale: Int, low: (height: Int, width: Int)) throws {
        let (height, width) = (low.height * scale, low.width * scale)
        let blur = try CircularBlur(kernel: Seeded.kernels([2, 1, 5, 6], seed: 6), height: height, width: width, scale: scale)
        let y = try Seeded.tensor([2, 3, low.height, low.width], seed: 7)
        let z = try Seeded.tensor([2, 3, height, width], seed: 8)
        let alpha = try Tensor([1e-5, 0.3], shape: [2, 1, 1, 1])
        let x = try DataStep(blur)(y, near: z, alpha: alpha)
        let left = try blur.adjoint(blur.degraded(x)) + alpha * x
        let right = try blur.adjoint(y) + alpha * z
        #expect(try Deviation(left.elements(), right.elements()).maximum < 1e-12)
    }

    @Test(arguments: [1, 2])
    func dataStepEqualsADenseSolve(scale: Int) throws {
        let (height, width, alpha) = (4, 6, 0.02)
        let kernel = try Seeded.kernels([1, 1, 3, 4], seed: 9)
        let y = try Seeded.tensor([1, 1, height / scale, width / scale], seed: 10)
        let z = try Seeded.tensor([1, 1, height, width], seed: 11)
        let x = try DataStep(CircularBlur(kernel: kernel, height: height, width: width, scale: scale))(
            y, near: z, alpha: .full(alpha, shape: [1, 1, 1, 1], type: .float64))
        let a = try Self.matrix(kernel, height: height, width: width, scale: scale)
        let count = height * width
        let (low, start): ([Double], [Double]) = try (y.elements(), z.elements())
        var system = (0..<count).map { i in
            (0..<count).map { j in a.reduce(0) { $0 + $1[i] * $1[j] } + (i == j ? alpha : 0) }
                + [zip(a, low).reduce(0) { $0 + $1.0[i] * $1.1 } + alpha * start[i]]
        }
        #expect(try Deviation(x.elements(), Self.solve(&system)).maximum < 1e-11)
    }

    /// The form without a division by α alone keeps single precision useful where there is no noise.
    @Test func dataStepIsAccurateWithoutNoise() throws {
        let kernel = GaussianParameters(variance1: 3, variance2: 0.8, angle: 0.7).kernel(size: 11)
        func solution(_ type: DataType) throws -> [Double] {
            let k = try Tensor(kernel.values, shape: [1, 1, 11, 11]).to(type)
            let z = try Seeded.tensor([1, 3, 48, 64], seed: 12).to(.float32).to(type)
            let blur = try CircularBlur(kernel: k, height: 48, width: 64, scale: 2)
            return try DataStep(blur)(
                Seeded.tensor([1, 3, 24, 32], seed: 13).to(.float32).to(type), near: z, alpha: .full(2e-6, shape: [1, 1, 1, 1], type: type)
            ).elements()
        }
        let exact = try solution(.float64)
        let largest = exact.reduce(0) { max($0, abs($1)) }
        #expect(try Deviation(solution(.float32), exact).maximum < 1e-5 * largest)
    }

    @Test(arguments: 1...4)
    func gradientsAreThoseOfFiniteDifferences(scale: Int) throws {
        let step = try DataStep(
            CircularBlur(kernel: Seeded.kernels([2, 1, 5, 5], seed: 14), height: 3 * scale, width: 4 * scale, scale: scale))
        let inputs = try [
            Seeded.tensor([2, 3, 3, 4], seed: 15), Seeded.tensor([2, 3, 3 * scale, 4 * scale], seed: 16),
            Seeded.tensor([2, 1, 1, 1], seed: 17) + 0.05,
        ]
        let weights = try Seeded.tensor(inputs[1].shape, seed: 18)
        func loss(_ inputs: [Tensor]) throws -> Tensor { try (step(inputs[0], near: inputs[1], alpha: inputs[2]) * weights).sum() }
        for input in inputs { try input.requireGradient() }
        let gradients = try loss(inputs).gradients(of: inputs)
        for i in inputs.indices {
            let direction = try Seeded.tensor(inputs[i].shape, seed: 19)
            func moved(_ distance: Double) throws -> Double {
                var moved = inputs
                moved[i] = try inputs[i].detached() + direction * distance
                return try loss(moved).item()
            }
            let slope = try (moved(1e-5) - moved(-1e-5)) / 2e-5
            #expect(try abs(slope - (gradients[i] * direction).sum().item()) < 1e-6 * abs(slope))
        }
    }

    @Test(.enabled(if: Fixture.isAvailable, "\(Fixture.skipMessage)"))
    func degradationEqualsTheReference() throws {
        let file = try Fixture.conformance("degradation")
        let outputs = file.names.filter { $0.hasPrefix("output.") }
        #expect(!outputs.isEmpty)
        for name in outputs {
            let parts = name.split(separator: ".").map(String.init)  // output, s2, k0, hr_even, convolution_ramped_8bit
            let scale = try #require(Int(parts[1].dropFirst()))
            let kind = parts[4]
            let kernelName = kind.contains("topleft") ? "kernel_topleft_aligned" : kind.contains("ramped") ? "kernel_ramped" : "kernel"
            var kernel = try file.tensor("mid.\(parts[1]).\(parts[2]).\(kernelName)")
            if !kind.hasPrefix("convolution") { kernel = try kernel.flipped([-2, -1]) }  // a correlation
            let hr = try file.tensor("input.\(parts[3])")
            let lr = try CircularBlur(kernel: kernel, height: hr.shape[2], width: hr.shape[3], scale: scale).degraded(hr)
            let tolerance = try #require(try Fixture.tolerance(of: name, in: file).absolute)
            if kind.hasSuffix("8bit") {
                let exact: [Double] = try lr.elements()
                let (rounded, expected): ([Double], [Double]) = try (lr.rounded().clamped(to: 0...255).elements(), file.doubles(name))
                let wrong = exact.indices.filter { rounded[$0] != expected[$0] && abs(exact[$0] - exact[$0].rounded(.down) - 0.5) > 1e-3 }
                #expect(wrong.isEmpty, "\(name)")
            } else {
                #expect(try Fixture.compare(lr.floats(), to: file, name).maximum <= tolerance, "\(name)")
            }
        }
    }

    /// A of Eq. (1) for one channel, from the sum that defines it: a row per LR pixel, a column per HR pixel.
    private static func matrix(_ kernel: Tensor, height: Int, width: Int, scale: Int) throws -> [[Double]] {
        let values: [Double] = try kernel.elements()
        let (rows, columns) = (kernel.shape[2], kernel.shape[3])
        var matrix: [[Double]] = []
        for i in stride(from: 0, to: height, by: scale) {
            for j in stride(from: 0, to: width, by: scale) {
                var line = [Double](repeating: 0, count: height * width)
                for u in 0..<rows {
                    for v in 0..<columns {
                        let y = (i - (u - rows / 2) + 4 * height) % height
                        let x = (j - (v - columns / 2) + 4 * width) % width
                        line[y * width + x] += values[u * columns + v]
                    }
                }
                matrix.append(line)
            }
        }
        return matrix
    }

    private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// Gaussian elimination of a positive definite system with its right side as last column.
    private static func solve(_ system: inout [[Double]]) -> [Double] {
        let count = system.count
        for pivot in 0..<count {
            for row in 0..<count where row != pivot {
                let factor = system[row][pivot] / system[pivot][pivot]
                for column in pivot...count { system[row][column] -= factor * system[pivot][column] }
            }
        }
        return (0..<count).map { system[$0][count] / system[$0][$0] }
    }
}
