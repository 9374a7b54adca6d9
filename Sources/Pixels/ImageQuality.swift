import Foundation

/// PSNR and SSIM as the paper reports them: peak 255, on the luma plane or on RGB, after `crop` pixels have been taken
/// off every side. Two images that are compared have the same size and the same number of channels.
public enum ImageQuality {
    /// Peak signal-to-noise ratio of the luma in dB; infinite for equal images. With `roundedLuma` the luma is rounded to
    /// integers first, the other habit found in the literature.
    public static func psnrY(_ a: Image, _ b: Image, crop: Int = 0, roundedLuma: Bool = false) -> Double {
        let (a, b) = lumaPlanes(a, b, crop: crop, rounded: roundedLuma)
        return psnr(meanSquaredError: meanSquaredDifference(a.values, b.values), peak: 255)
    }

    /// Structural similarity of the luma, at most 1 (Wang et al. 2004: Gaussian window of 11, σ 1.5, K₁ 0.01, K₂ 0.03, only
    /// where the window fits). Not a number where a cropped side is shorter than the window.
    public static func ssimY(_ a: Image, _ b: Image, crop: Int = 0, roundedLuma: Bool = false) -> Double {
        let (a, b) = lumaPlanes(a, b, crop: crop, rounded: roundedLuma)
        return StructuralSimilarity.mean(a, b)
    }

    /// Peak signal-to-noise ratio in dB over all channels together; infinite for equal images.
    public static func psnrRGB(_ a: Image, _ b: Image, crop: Int = 0) -> Double {
        let (a, b) = croppedPair(a, b, crop: crop)
        let errors = (0..<a.channels).map { meanSquaredDifference(a.levels(channel: $0), b.levels(channel: $0)) }
        return psnr(meanSquaredError: errors.reduce(0, +) / Double(errors.count), peak: 255)
    }

    /// Structural similarity averaged over the channels; see `ssimY`.
    public static func ssimRGB(_ a: Image, _ b: Image, crop: Int = 0) -> Double {
        let (a, b) = croppedPair(a, b, crop: crop)
        let values = (0..<a.channels).map { channel in
            StructuralSimilarity.mean(
                Plane(width: a.width, height: a.height, values: a.levels(channel: channel)),
                Plane(width: b.width, height: b.height, values: b.levels(channel: channel)))
        }
        return values.reduce(0, +) / Double(values.count)
    }

    /// Kernel PSNR in dB: 20 log₁₀(1/√mse) of two kernels of equal size as they are, peak 1, no normalisation.
    public static func kernelPSNR(_ a: [Float], _ b: [Float]) -> Double {
        psnr(meanSquaredError: meanSquaredDifference(a.map(Double.init), b.map(Double.init)), peak: 1)
    }

    private static func psnr(meanSquaredError: Double, peak: Double) -> Double {
        meanSquaredError == 0 ? .infinity : 10 * log10(peak * peak / meanSquaredError)
    }

    private static func meanSquaredDifference(_ a: [Double], _ b: [Double]) -> Double {
        precondition(a.count == b.count, "what is compared has one size")
        var sum = 0.0
        for (x, y) in zip(a, b) { sum += (x - y) * (x - y) }
        return sum / Double(a.count)
    }

    private static func lumaPlanes(_ a: Image, _ b: Image, crop: Int, rounded: Bool) -> (Plane, Plane) {
        let (a, b) = croppedPair(a, b, crop: crop)
        func plane(_ image: Image) -> Plane {
            let luma = image.luma()
            return Plane(
                width: image.width, height: image.height,
                values: rounded ? luma.map { $0.rounded(.toNearestOrEven) } : luma)
        }
        return (plane(a), plane(b))
    }

    private static func croppedPair(_ a: Image, _ b: Image, crop: Int) -> (Image, Image) {
        precondition(a.width == b.width && a.height == b.height && a.channels == b.channels, "images that are compared have one size")
        guard crop > 0 else { return (a, b) }
        let inner = Rectangle(x: crop, y: crop, width: a.width - 2 * crop, height: a.height - 2 * crop)
        return (a.cropped(inner), b.cropped(inner))
    }
}

/// One channel in double precision, row by row.
struct Plane {
    let width: Int
    let height: Int
    let values: [Double]
}
