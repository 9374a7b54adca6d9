import Testing
import Torch

@Suite(.serialized) struct MemoryTests {
    /// The arranged weights are memory of oneDNN from before; they are given back afterwards.
    @Test func memoryFromBeforeGoesBackToWhereItCameFrom() throws {
        var weight: ConvolutionWeight? = ConvolutionWeight(try .full(0.1, shape: [32, 32, 3, 3]), stride: 1, padding: 1)
        let x = try Tensor.full(0.5, shape: [1, 32, 16, 16])
        func convolved() throws -> [Float]? { try withInference { try weight?.correlated(x, bias: nil, finish: .relu).floats() } }
        let before = try convolved()
        Engine.keepFreedMemory()
        #expect(try convolved() == before)
        weight = nil
        weight = ConvolutionWeight(try .full(0.1, shape: [32, 32, 3, 3]), stride: 1, padding: 1)
        #expect(try convolved() == before)
        #expect(try Tensor.zeros(shape: [0, 3]).floats().isEmpty)
        let error = #expect(throws: TorchError.self) { try Tensor.zeros(shape: [1 << 30, 1 << 28]) }
        guard case .outOfMemory = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
