import Foundation
import Pixels
import Torch

/// The training images of ZSSR: random parts of the photo, turned, flipped, stretched and sheared, as many as are asked for.
///
/// Probabilities and spreads are those of the authors' program. A part lies inside the photo as far as it fits; beyond the photo lies its mirror
/// image, where theirs is black.
struct FatherSource {
    private static let side = 128
    /// As likely the photo is left as it is, or turned and flipped only; else it is stretched and sheared, too.
    private static let untouched = (0.05, 0.45)
    private static let scales = 0.5...1.0
    private static let scaleDifference = 0.25
    private static let shear = 0.1

    private let photo: Tensor
    private let size: (width: Int, height: Int)
    private let symmetries: [DihedralElement]

    /// - Parameters:
    ///   - photo: 1×3×H×W.
    ///   - symmetries: Of the blur. Where they are not all, nothing is turned by free angles.
    init(_ photo: Tensor, symmetries: [DihedralElement]) {
        self.photo = photo
        self.symmetries = symmetries
        size = (photo.shape[3], photo.shape[2])
    }

    /// 1×3×h×w with sides of at most 128 pixels.
    func father(_ random: inout some RandomNumberGenerator) throws(TorchError) -> Tensor {
        let (width, height) = (min(Self.side, size.width), min(Self.side, size.height))
        let kind = random.uniform()
        guard kind < Self.untouched.0 + Self.untouched.1 else { return try warped(width: width, height: height, &random) }
        let x = random.integer(below: size.width - width + 1)
        let y = random.integer(below: size.height - height + 1)
        let part = try photo.slice(2, y..<y + height).slice(3, x..<x + width)
        return kind < Self.untouched.0 ? part : try symmetries[random.integer(below: symmetries.count)].apply(to: part)
    }

    private func warped(width: Int, height: Int, _ random: inout some RandomNumberGenerator) throws(TorchError) -> Tensor {
        let scale = random.uniform(in: Self.scales)
        let difference = Self.scaleDifference * random.normal() / 2
        let turns = symmetries.count == DihedralElement.allCases.count
        let mirror = turns && random.uniform() < 0.5 ? -1.0 : 1
        let angle = turns ? 2 * Double.pi * random.uniform() : 0
        let (shearX, shearY) = (Self.shear * random.normal(), Self.shear * random.normal())
        // Shear · rotation · scale, from the photo to its part; the part's pixels are looked up by the inverse.
        let (scaleX, scaleY) = (mirror * max(scale + difference, 0.25), max(scale - difference, 0.25))
        let (c, s) = (cos(angle), sin(angle))
        let rotated = (a: c * scaleX, b: s * scaleY, c: -s * scaleX, d: c * scaleY)
        let m = (
            a: rotated.a + shearX * rotated.c, b: rotated.b + shearX * rotated.d,
            c: rotated.c + shearY * rotated.a, d: rotated.d + shearY * rotated.b
        )
        let determinant = m.a * m.d - m.b * m.c
        let inverse = (a: m.d / determinant, b: -m.b / determinant, c: -m.c / determinant, d: m.a / determinant)

        func middle(_ count: Int, _ reach: Double, _ random: inout some RandomNumberGenerator) -> Double {
            let last = Double(count - 1)
            return reach < last / 2 ? random.uniform(in: reach...last - reach) : last / 2
        }
        let (halfWidth, halfHeight) = (Double(width - 1) / 2, Double(height - 1) / 2)
        let centreX = middle(size.width, abs(inverse.a) * halfWidth + abs(inverse.b) * halfHeight, &random)
        let centreY = middle(size.height, abs(inverse.c) * halfWidth + abs(inverse.d) * halfHeight, &random)
        var places: [Float] = []
        places.reserveCapacity(2 * width * height)
        for row in 0..<height {
            for column in 0..<width {
                let (u, v) = (Double(column) - halfWidth, Double(row) - halfHeight)
                let x = centreX + inverse.a * u + inverse.b * v
                let y = centreY + inverse.c * u + inverse.d * v
                places.append(Float(2 * x / Double(max(size.width - 1, 1)) - 1))
                places.append(Float(2 * y / Double(max(size.height - 1, 1)) - 1))
            }
        }
        let grid = try Tensor(places, shape: [1, height, width, 2], device: photo.device)
        return try photo.sampledCubic(at: grid).clamped(to: 0...1)
    }
}
