import Pixels

/// Where KernelGAN looks: the crops of a photo, at random, the more likely the more gradient is in and around them.
///
/// The generator's crops are chosen by the gradients of the photo shrunk by two, as its result is judged; the discriminator's by those of the
/// photo itself.
struct KernelGANCrops {
    /// Sides of the crops of the generator, and of its results, which the discriminator compares with the photo.
    static let generatorSide = 64
    static let discriminatorSide = (generatorSide - KernelGANGenerator.kernelSize) / KernelGANGenerator.scale + 1
    /// Pixels at the photo's border that are left alone, where it is large enough: synthetic photos have seams there.
    private static let border = 10
    /// Of a larger photo its middle is looked at.
    private static let largestSide = 1024

    /// The part of the photo that is looked at; its sides are even.
    let photo: Image
    private let generatorSums: [Double]
    private let discriminatorSums: [Double]

    /// - Parameter lr: At least 64×64.
    init(_ lr: Image) {
        func side(_ count: Int) -> Int { min(max(Self.generatorSide, count - 2 * Self.border), Self.largestSide) / 2 * 2 }
        let (width, height) = (side(lr.width), side(lr.height))
        photo = lr.cropped(x: (lr.width - width) / 2, y: (lr.height - height) / 2, width: width, height: height)
        let half = Self.gradientMap(of: photo.resizedBicubic(scale: 0.5))
        let small = Plane(width: width, height: height) { x, y in half[x / 2, y / 2] }
        generatorSums = Self.runningSums(small, crop: Self.generatorSide)
        discriminatorSums = Self.runningSums(Self.gradientMap(of: photo), crop: Self.discriminatorSide)
    }

    /// A crop for the generator and one for the discriminator.
    func draw(_ random: inout some RandomNumberGenerator) -> (generator: Image, discriminator: Image) {
        (
            crop(Self.generatorSide, around: Self.draw(generatorSums, &random)),
            crop(Self.discriminatorSide, around: Self.draw(discriminatorSums, &random))
        )
    }

    private func crop(_ side: Int, around index: Int) -> Image {
        // Even places, so that the generator's crops fit the map that they are chosen by.
        func start(_ centre: Int, _ count: Int) -> Int { min(max(0, centre - side / 2), count - side) / 2 * 2 }
        return photo.cropped(
            x: start(index % photo.width, photo.width), y: start(index / photo.width, photo.height), width: side, height: side)
    }

    /// An index with the probability of its share in the sum.
    private static func draw(_ sums: [Double], _ random: inout some RandomNumberGenerator) -> Int {
        let value = random.uniform() * sums[sums.count - 1]
        var (low, high) = (0, sums.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// Running sums of how much gradient lies around each place that can be the middle of a crop; all places alike where there is none.
    private static func runningSums(_ map: Plane, crop: Int) -> [Double] {
        let around = map.boxSums(crop / 2).withoutEdges(crop / 2)
        var sum = 0.0
        let isEmpty = around.values.allSatisfy { $0 <= 0 }
        return around.values.map {
            sum += isEmpty ? 1 : $0
            return sum
        }
    }

    /// The strongest 3 % of horizontal, vertical and all gradients of the luminance, each kind with the same weight, spread over 5×5 pixels.
    static func gradientMap(of image: Image) -> Plane {
        let window = 5
        let grey = Plane(width: image.width, height: image.height) { x, y in
            guard image.channels == 3 else { return Double(image[x, y, 0]) }
            return 0.299 * Double(image[x, y, 0]) + 0.587 * Double(image[x, y, 1]) + 0.114 * Double(image[x, y, 2])
        }
        /// Half the difference of the neighbours, at the border the difference to the one neighbour.
        func slope(_ before: Double, _ after: Double, _ distance: Int) -> Double { distance == 0 ? 0 : (after - before) / Double(distance) }
        let horizontal = Plane(width: grey.width, height: grey.height) { x, y in
            let (a, b) = (max(x - 1, 0), min(x + 1, grey.width - 1))
            return slope(grey[a, y], grey[b, y], b - a)
        }
        let vertical = Plane(width: grey.width, height: grey.height) { x, y in
            let (a, b) = (max(y - 1, 0), min(y + 1, grey.height - 1))
            return slope(grey[x, a], grey[x, b], b - a)
        }
        let all = Plane(width: grey.width, height: grey.height) { x, y in
            (horizontal[x, y] * horizontal[x, y] + vertical[x, y] * vertical[x, y]).squareRoot()
        }
        let kinds = [horizontal.map(abs), vertical.map(abs), all].map { $0.withoutEdges(window).strongest(0.97) }
        let sums = kinds.map { max($0.values.reduce(0, +), .leastNormalMagnitude) }
        return Plane(width: grey.width, height: grey.height) { x, y in
            zip(kinds, sums).reduce(0) { $0 + $1.0[x, y] / $1.1 }
        }.boxSums(window)
    }
}

/// Numbers on a grid.
struct Plane {
    let width: Int
    let height: Int
    private(set) var values: [Double]

    init(width: Int, height: Int, _ value: (Int, Int) -> Double) {
        self.width = width
        self.height = height
        values = []
        values.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width { values.append(value(x, y)) }
        }
    }

    subscript(x: Int, y: Int) -> Double { values[y * width + x] }

    func map(_ change: (Double) -> Double) -> Plane {
        var result = self
        result.values = values.map(change)
        return result
    }

    /// Zero within `edge` of the border.
    func withoutEdges(_ edge: Int) -> Plane {
        Plane(width: width, height: height) { x, y in
            x >= edge && y >= edge && x < width - edge && y < height - edge ? self[x, y] : 0
        }
    }

    /// What exceeds the value below which `share` of all lie, but no more than the next value does.
    func strongest(_ share: Double) -> Plane {
        let sorted = values.sorted()
        let pivot = min(Int(share * Double(sorted.count)), sorted.count - 2)
        let low = sorted[pivot]
        let range = sorted[pivot + 1] > low ? sorted[pivot + 1] - low : 1e-5
        return map { min(max($0 - low, 0), range) }
    }

    /// The sum over side × side elements around each, one more before than behind it where the side is even; beyond the border is zero.
    func boxSums(_ side: Int) -> Plane {
        var integral = [Double](repeating: 0, count: (width + 1) * (height + 1))
        for y in 0..<height {
            var row = 0.0
            for x in 0..<width {
                row += self[x, y]
                integral[(y + 1) * (width + 1) + x + 1] = integral[y * (width + 1) + x + 1] + row
            }
        }
        let (before, behind) = (side / 2, (side - 1) / 2 + 1)
        return Plane(width: width, height: height) { x, y in
            let (left, right) = (max(x - before, 0), min(x + behind, width))
            let (top, bottom) = (max(y - before, 0), min(y + behind, height))
            return integral[bottom * (width + 1) + right] - integral[top * (width + 1) + right] - integral[bottom * (width + 1) + left]
                + integral[top * (width + 1) + left]
        }
    }
}
