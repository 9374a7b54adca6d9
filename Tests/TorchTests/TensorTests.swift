import Foundation
import Testing
import Torch

@Suite(.serialized) struct TensorTests {
    @Test func valuesComeBackAsTheyWentIn() throws {
        let values = (0..<24).map { Float($0) * 0.1 }
        let tensor = try Tensor(values, shape: [2, 3, 4])
        #expect(tensor.shape == [2, 3, 4] && tensor.dataType == .float32 && tensor.device == .cpu)
        #expect(try tensor.floats() == values)
        #expect(try tensor.permuted([2, 0, 1]).elements(as: Double.self).count == 24)
        #expect(try Tensor([Float](), shape: [0, 3]).floats().isEmpty)
    }

    @Test func errorsArriveAsOneCleanSentence() throws {
        let a = try Tensor.zeros(shape: [2, 3])
        let b = try Tensor.zeros(shape: [4])
        let error = #expect(throws: TorchError.self) { try a + b }
        let text = try #require(error).description
        #expect(text.contains("must match") && !text.contains("\n") && !text.contains("Exception raised"))
    }

    @Test func missingMemoryIsItsOwnCase() throws {
        let error = #expect(throws: TorchError.self) { try Tensor.zeros(shape: [1 << 30, 1 << 24]) }
        guard case .outOfMemory(let text) = try #require(error) else {
            Issue.record("not the out-of-memory case: \(String(describing: error))")
            return
        }
        #expect(!text.contains("\n"))
    }

    @Test func wrongByteCountsAreRefused() {
        #expect(throws: TorchError.self) { try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }
    }

    @Test func tenThousandTensorsLeaveMemoryFlat() throws {
        func make(_ count: Int) throws {
            for _ in 0..<count {
                let tensor = try Tensor.full(1, shape: [64, 1024])
                _ = try (tensor * 2 + tensor).sum().item()
                _ = try? tensor.matrixProduct(tensor)
            }
        }
        try make(500)
        let before = residentBytes()
        try make(10_000)
        #expect(residentBytes() - before < 8 << 20)
    }

    @Test func fourierTransformGoesThereAndBack() throws {
        for (height, width) in [(6, 8), (5, 7), (1, 9), (4, 1)] {
            let values = (0..<height * width).map { Float(($0 * 7) % 11) }
            let tensor = try Tensor(values, shape: [1, 1, height, width])
            let back = try tensor.fourierTransformed().inverseFourierTransformed(height: height, width: width).floats()
            #expect(zip(values, back).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func decimationAndZeroInsertionAreAdjoint() throws {
        for (height, width, scale) in [(6, 8, 2), (7, 5, 3), (9, 9, 4), (4, 4, 1)] {
            let x = try Tensor((0..<height * width).map { Float($0 % 5) }, shape: [1, 1, height, width])
            let small = try x.decimated(by: scale)
            let y = try Tensor((0..<small.count).map { Float($0 % 3) - 1 }, shape: small.shape)
            let left = try (small * y).sum().item()
            let right = try (x * y.zerosInserted(height: height, width: width, scale: scale)).sum().item()
            #expect(abs(left - right) < 1e-4)
        }
    }

    @Test func gradientsMatchDifferences() throws {
        let x = try Tensor([0.3, -0.7, 1.2] as [Float], shape: [3])
        try x.requireGradient()
        let gradient = try (x.squared() * x + x.exp()).sum().gradients(of: [x])[0].floats()
        for (value, found) in zip([0.3, -0.7, 1.2], gradient) { #expect(abs(3 * value * value + exp(value) - Double(found)) < 1e-4) }
        #expect(throws: TorchError.self) { try withoutGradients { try x.squared().sum() }.gradients(of: [x]) }
    }

    @Test func devicesAreReadAndRefused() {
        #expect(Device(parsing: "cpu") == .cpu && Device(parsing: "auto") != nil)
        #expect(Device(parsing: "cuda:99") == nil && Device(parsing: "gpu") == nil && Device(parsing: "") == nil)
    }

    private func residentBytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        return Int(text.split(separator: " ")[1])! * 4096
    }
}
