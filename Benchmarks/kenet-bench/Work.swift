import BlindSR
import Foundation
import Imaging
import NeuralNetworks
import Pixels
import Torch

/// A request with its networks loaded and its inputs in memory.
struct Work {
    /// Side of the kernel that is given.
    private static let kernelSide = 11

    let run: () throws -> Void
    /// Runs once and writes the result where the request says.
    let warmUp: () throws -> Void

    init(_ request: Request) throws {
        let call = try Self.call(request)
        run = { _ = try call() }
        warmUp = {
            let result = try call()
            if !request.output.isEmpty { try Self.write(result().floats(), to: request.output) }
        }
    }

    /// What is timed; what it returns makes a tensor of the result and is not.
    private typealias Call = () throws -> () throws -> Tensor

    private static func call(_ request: Request) throws -> Call {
        let (width, height, scale) = (request.width, request.height, request.scale)
        func inferring(_ body: @escaping () throws -> Tensor) -> Call {
            {
                let result = try withInference { try withReducedPrecision(request.reduced, on: .cpu, body) }
                return { try result.to(.float32) }
            }
        }
        func image() throws -> Tensor { try Tensor(read(request.input), shape: [1, 3, height, width]) }
        func kernel() throws -> Tensor { try Tensor(read(request.kernel), shape: [1, 1, kernelSide, kernelSide]) }
        func network<Network>(_ type: Network.Type) throws -> Network {
            let card = try WeightCard(path: request.weights)
            let network = try card.configuration.makeNetwork(scale: scale, device: .cpu)
            try card.load(into: network.parameters)
            return network as! Network
        }
        switch request.operation {
        case .product:
            let matrix = try wave([width, width])
            return inferring { try matrix.matrixProduct(matrix) }
        case .convolution, .pointwise:
            let channels = request.channels
            let side = request.operation == .pointwise ? 1 : 3
            let filters = ConvolutionWeight(try wave([channels, channels, side, side]), stride: 1, padding: side / 2)
            let bias = try wave([channels])
            let x = try wave([1, channels, height, width]).contiguous(channelsLast: true).to(request.reduced ? .bfloat16 : .float32)
            return inferring { try filters.correlated(x, bias: bias, finish: .relu) }
        case .fourier:
            let x = try image()
            return inferring { try x.fourierTransformed().inverseFourierTransformed(height: height, width: width) }
        case .filter:
            let (y, kernel) = (try image() - 0.45, try kernel())
            let noise = try Tensor([1e-3, 5e-2, 5e-5] as [Float], shape: [1, 3])
            return inferring {
                let blur = try CircularBlur(kernel: kernel, height: height * scale, width: width * scale, scale: scale)
                return try WienerFilter(blur)(y, noise: noise)
            }
        case .kenet:
            let (network, lr) = (try network(KENet.self), try image())
            return inferring { try network(lr) }
        case .usrnet:
            let (network, lr, kernel) = (try network(USRNet.self), try image(), try kernel())
            let sigma = try Tensor.full(0.01, shape: [1, 1, 1, 1])
            return inferring { try network(lr, kernel: kernel, sigma: sigma, scale: scale) }
        case .wiener:
            let (network, lr) = (try network(WienerNet.self), try image())
            let conditions = WienerNet.Conditions(
                kernel: try kernel(), sigma: try .full(0.01, shape: [1, 1]), confidence: try .full(WienerNet.certain, shape: [1, 1]))
            return inferring { try network(lr, conditions) }
        case .pair, .estimate:
            let store = try ModelStore(environment: ProcessInfo.processInfo.environment, executable: CommandLine.arguments[0])
            let part = request.operation == .pair ? WeightSelection.Part.all : .estimator
            let system = try BlindSystem(WeightSelection(.standard, part, scale: scale, names: [], store: store))
            let photo = Image(width: width, height: height, channels: 3, samples: try read(request.input))
            if part == .all {
                return {
                    let image = try system.upscale(photo).image
                    return { try image.rgbTensor() }
                }
            }
            return {
                let kernel = try system.estimateKernel(photo).kernel
                return { try Tensor(kernel.values, shape: [kernel.height, kernel.width]) }
            }
        case .photo:
            let photo = try ImageFile.read(request.weights).image
            var samples: [Float] = []
            samples.reserveCapacity(3 * width * height)
            for channel in 0..<3 {
                for y in 0..<height { for x in 0..<width { samples.append(photo[x % photo.width, y % photo.height, channel]) } }
            }
            try write(samples, to: request.input)
            let blur = GaussianParameters(variance1: 2.5, variance2: 1, angle: 0.6)
            try write(blur.kernel(size: kernelSide).values, to: request.kernel)
            return { { try Tensor.zeros(shape: [0]) } }
        }
    }

    /// Values between -1 and 1, always the same.
    private static func wave(_ shape: [Int]) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map { sinf(Float($0 % 9973)) }, shape: shape)
    }

    private static func read(_ path: String) throws -> [Float] {
        try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    private static func write(_ values: [Float], to path: String) throws {
        try values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path))
    }
}
