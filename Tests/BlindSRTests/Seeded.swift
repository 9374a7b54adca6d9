import Foundation
import Pixels
import Torch

@testable import BlindSR

/// Reproducible test data.
enum Seeded {
    /// Numbers in 0..<1.
    static func numbers(_ count: Int, seed: UInt64) -> [Double] {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
    }

    /// A double-precision tensor of numbers in 0..<1.
    static func tensor(_ shape: [Int], seed: UInt64) throws -> Tensor {
        try Tensor(numbers(shape.reduce(1, *), seed: seed), shape: shape)
    }

    /// Blur kernels with sum one and no symmetry, N×1×k×l.
    static func kernels(_ shape: [Int], seed: UInt64) throws -> Tensor {
        let raw = try tensor(shape, seed: seed)
        return try raw / raw.sum([-2, -1], keepingDimensions: true)
    }

    /// What a photo is made of: smooth shading, edges and a texture, a little different in each channel.
    static func picture(width: Int, height: Int, channels: Int = 3, seed: Int = 0) -> Image {
        var image = Image(width: width, height: height, channels: channels)
        for c in 0..<channels {
            for y in 0..<height {
                for x in 0..<width {
                    let (u, v) = (Double(x + 13 * seed), Double(y + 7 * seed))
                    let shading = 0.4 + 0.2 * sin(u / 37 + 0.4 * Double(c)) * cos(v / 29)
                    let edge = sin(u / 11 + v / 17) > 0.3 ? 0.2 : 0
                    let disc = hypot((u - 40).remainder(dividingBy: 61), (v - 30).remainder(dividingBy: 53)) < 14 ? 0.25 : 0
                    image[x, y, c] = Float(shading + edge - disc + 0.05 * sin(1.9 * u) * sin(1.3 * v + Double(c)))
                }
            }
        }
        return image
    }
}
