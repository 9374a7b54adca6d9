import BlindSR
import FlyingFox
import Foundation
import Imaging

/// What a client asks for, from the query of an address.
struct JobParameters: Sendable, Equatable {
    let scale: Int
    /// As the client wrote it: a name that `SystemName` reads.
    let model: String
    let system: SystemName
    let format: ImageFormat
    /// Standard deviation for samples in 0–255; nil: as the estimator finds it.
    let noise: Double?

    /// Throws ``Refusal`` with 422 for values that are not offered.
    init(_ query: [HTTPRequest.QueryItem], offer: Offer) throws(Refusal) {
        let number = try query.number("scale") ?? 2
        guard let scale = Int(exactly: number) else { throw Refusal(.unprocessableContent, "The scale is a whole number, not \(number).") }
        self.scale = scale
        model = query["model"] ?? "default"
        do { system = try SystemName(parsing: model) } catch { throw Refusal(.unprocessableContent, "\(error)") }
        guard let scales = offer.scales[model], scales.contains(scale) else {
            throw Refusal(.unprocessableContent, "There are no weights for \(model) at ×\(scale).")
        }
        let name = query["format"] ?? "png"
        guard let format = PhotoFile.formats.first(where: { $0.rawValue == name }) else {
            throw Refusal(.unprocessableContent, "\(name) is not a format that is written; png, jpeg, webp and tiff are.")
        }
        self.format = format
        noise = try query.number("noise")
        if let noise, !(0...255).contains(noise) { throw Refusal(.unprocessableContent, "The noise is a number from 0 to 255.") }
    }
}

extension GaussianParameters {
    /// The blur that a query describes by `variance1`, `variance2` and `angle`; nil where it says nothing of them.
    init?(_ query: [HTTPRequest.QueryItem]) throws(Refusal) {
        let numbers = [try query.number("variance1"), try query.number("variance2"), try query.number("angle")]
        if numbers.allSatisfy({ $0 == nil }) { return nil }
        guard let first = numbers[0], let second = numbers[1] else {
            throw Refusal(.unprocessableContent, "A blur is given by variance1, variance2 and angle.")
        }
        do { try self.init(checking: first, second, degrees: numbers[2] ?? 0) } catch {
            throw Refusal(.unprocessableContent, error.description)
        }
    }
}

extension [HTTPRequest.QueryItem] {
    /// A finite number; nil where the name is not there.
    func number(_ name: String) throws(Refusal) -> Double? {
        guard let text = self[name] else { return nil }
        guard let value = Double(text), value.isFinite, abs(value) < 1e9 else {
            throw Refusal(.unprocessableContent, "\(name) is not a number.")
        }
        return value
    }
}
