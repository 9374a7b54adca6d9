extension Image {
    /// Replaces the colours of fully transparent pixels, which nobody sees and which may be anything, by colours from around them, so that
    /// restoring does not draw them into what is seen.
    ///
    /// The seen colours are averaged over ever larger squares; a hidden pixel takes the blend of the smallest ones that hold any.
    ///
    /// - Parameter alpha: The opacity, one channel of the same size. An image that is hidden everywhere becomes mid-grey.
    public mutating func bleed(under alpha: Image) {
        precondition(alpha.channels == 1 && alpha.width == width && alpha.height == height, "colour and opacity have one size")
        guard alpha.samples.contains(where: { $0 <= 0 }) else { return }
        guard alpha.samples.contains(where: { $0 > 0 }) else {
            samples = [Float](repeating: 0.5, count: samples.count)
            return
        }
        for channel in 0..<channels {
            let plane = channel * width * height
            let level = SparsePlane(
                width: width, height: height, values: Array(samples[plane..<plane + width * height]), isKnown: alpha.samples.map { $0 > 0 })
            samples.replaceSubrange(plane..<plane + width * height, with: level.filled())
        }
    }
}

/// A plane of which some values are known, at least one.
private struct SparsePlane {
    let width: Int
    let height: Int
    let values: [Float]
    let isKnown: [Bool]

    /// All values: the known ones, and between them those of the next coarser plane.
    func filled() -> [Float] {
        guard isKnown.contains(false) else { return values }
        let coarse = halved()
        let below = coarse.filled()
        var result = values
        for y in 0..<height {
            let (top, bottom, down) = Self.neighbours(y, count: coarse.height)
            for x in 0..<width where !isKnown[y * width + x] {
                let (left, right, along) = Self.neighbours(x, count: coarse.width)
                let above = below[top * coarse.width + left] * (1 - along) + below[top * coarse.width + right] * along
                let under = below[bottom * coarse.width + left] * (1 - along) + below[bottom * coarse.width + right] * along
                result[y * width + x] = above * (1 - down) + under * down
            }
        }
        return result
    }

    /// Half the size: the mean of the known values among four.
    private func halved() -> SparsePlane {
        let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
        var sums = [Float](repeating: 0, count: halfWidth * halfHeight)
        var counts = [Float](repeating: 0, count: halfWidth * halfHeight)
        for y in 0..<height {
            for x in 0..<width where isKnown[y * width + x] {
                sums[y / 2 * halfWidth + x / 2] += values[y * width + x]
                counts[y / 2 * halfWidth + x / 2] += 1
            }
        }
        return SparsePlane(
            width: halfWidth, height: halfHeight, values: zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }, isKnown: counts.map { $0 > 0 })
    }

    /// The two samples of the coarser plane around position `i` of this one, and how much of the second is taken.
    private static func neighbours(_ i: Int, count: Int) -> (Int, Int, Float) {
        let position = (Float(i) + 0.5) / 2 - 0.5
        let first = max(0, Int(position.rounded(.down)))
        return (first, min(first + 1, count - 1), max(0, position - Float(first)))
    }
}
