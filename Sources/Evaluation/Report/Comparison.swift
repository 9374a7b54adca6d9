import BlindSR
import Foundation
import Pixels
import Torch

/// Methods that are loaded once and compared on any number of photos.
public struct Comparison {
    private let scale: Int
    private let methods: [Method]

    /// Loads the methods.
    ///
    /// - Throws: ``EvaluationError``, `ModelError`, `TorchError`.
    public init(_ names: [MethodName], scale: Int, store: ModelStore, device: Device) throws {
        self.scale = scale
        methods = try names.map { try Method($0, scale: scale, store: store, device: device) }
    }

    /// What the methods make of one photo.
    ///
    /// - Parameters:
    ///   - name: Of the photo, for its draw.
    ///   - draws: Where the blur comes from if `image` is an HR image; nil for a photo that is restored as it is.
    ///   - progress: Called before each method; what it throws ends the work.
    /// - Throws: ``EvaluationError``, `TorchError`, what methods throw.
    public func callAsFunction(
        _ image: Image, name: String, degradedWith draws: Draws?, progress: () throws -> Void
    ) throws -> ComparisonSheet {
        let kernel = draws?.kernels(of: name, set: "", scale: scale).first?.kernel
        if kernel != nil, min(image.width, image.height) < scale {
            throw EvaluationError.notADataSet(name, reason: "an image of \(image.width)×\(image.height) is too small")
        }
        let test = try kernel.map { try TestCase(degrading: image.rounded8Bit(), by: $0, scale: scale) }
        if test == nil, let method = methods.first(where: \.name.usesTrueKernel) {
            throw EvaluationError.nothingToRun(reason: "the true kernel of \(name) is not known; leave \(method.name) out.")
        }
        let lr = test?.lr ?? image
        var sheet = ComparisonSheet(width: lr.width * scale, height: lr.height * scale)
        sheet.add(Image(lr, repeatedBy: scale), caption: "LR")
        for method in methods {
            try progress()
            guard let result = try method(test ?? TestCase(photo: image, scale: scale)).result?.rounded8Bit() else { continue }
            let score = test.map { "  " + String(format: "%.2f dB", ImageQuality.psnrY(result, $0.hr)) }
            sheet.add(result, caption: "\(method.name)" + (score ?? ""))
        }
        if let test { sheet.add(test.hr, caption: "HR") }
        return sheet
    }
}
