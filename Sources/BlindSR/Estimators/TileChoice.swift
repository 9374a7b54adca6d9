import Pixels

/// The tiles of a photo that an estimate is made from: all that overlap by half where there are few, else those with the highest contrast
/// of a sample that covers the photo evenly. Its cost is bounded whatever the size of the photo.
struct TileChoice {
    /// Side of the tiles in pixels, even; the photo is at least as large.
    let side: Int
    /// The largest number of tiles that are chosen.
    var limit = 512
    /// The largest number of tiles whose contrast is looked at.
    var candidates = 4096

    /// Row and column of the chosen tiles' top-left pixels, in the order of the photo.
    func positions(in photo: Image) -> [(row: Int, column: Int)] {
        let places = candidatePositions(width: photo.width, height: photo.height)
        guard places.count > limit else { return places }
        // An even side has a square that is a multiple of four.
        var values = [SIMD4<Float>](repeating: .zero, count: side * side / 4)
        let contrasts = places.map { place in
            values.withUnsafeMutableBytes { copy(photo, place, to: $0.bindMemory(to: Float.self)) }
            let mean = values.reduce(.zero, +).sum() / Float(side * side)
            return values.reduce(.zero) { $0 + ($1 - mean) * ($1 - mean) }.sum()
        }
        let best = contrasts.indices.sorted { (contrasts[$1], $0) < (contrasts[$0], $1) }.prefix(limit)
        return best.sorted().map { places[$0] }
    }

    /// The luminance of the chosen tiles, T×side×side values in [0, 1].
    func callAsFunction(_ photo: Image) -> [Float] {
        let places = positions(in: photo)
        var values = [Float](repeating: 0, count: places.count * side * side)
        values.withUnsafeMutableBufferPointer { buffer in
            for (index, place) in places.enumerated() {
                copy(photo, place, to: UnsafeMutableBufferPointer(rebasing: buffer[index * side * side..<(index + 1) * side * side]))
            }
        }
        return values
    }

    /// Tiles that overlap by half; of too many, one at random from each of as many equal stretches of the row-by-row order.
    private func candidatePositions(width: Int, height: Int) -> [(row: Int, column: Int)] {
        let step = side / 2
        let columns = (width - side) / step + 1
        let count = columns * ((height - side) / step + 1)
        var random = CounterRandom(seed: 0, index: UInt64(count))
        let indices =
            count <= candidates
            ? Array(0..<count)
            : (0..<candidates).map { stretch in
                let (first, end) = (stretch * count / candidates, (stretch + 1) * count / candidates)
                return first + random.integer(below: end - first)
            }
        return indices.map { ($0 / columns * step, $0 % columns * step) }
    }

    private func copy(_ photo: Image, _ place: (row: Int, column: Int), to target: UnsafeMutableBufferPointer<Float>) {
        let plane = photo.width * photo.height
        let weights = photo.channels == 3 ? TileSpectrum.luminance : [1]
        photo.samples.withUnsafeBufferPointer { samples in
            target.update(repeating: 0)
            for (channel, weight) in weights.enumerated() {
                for row in 0..<side {
                    let start = channel * plane + (place.row + row) * photo.width + place.column
                    for column in 0..<side { target[row * side + column] += weight * samples[start + column] }
                }
            }
        }
    }
}
