import Foundation

/// Mean SSIM of two planes in the range 0…255 (Wang et al. 2004), by separable Gaussian windows over a ring of rows.
enum StructuralSimilarity {
    private static let taps = 11
    private static let c1 = (0.01 * 255) * (0.01 * 255)
    private static let c2 = (0.03 * 255) * (0.03 * 255)

    private static let window: [Double] = {
        let values = (0..<taps).map { i in exp(-pow(Double(i - taps / 2), 2) / (2 * 1.5 * 1.5)) }
        let sum = values.reduce(0, +)
        return values.map { $0 / sum }
    }()

    /// The mean over all positions where the window fits; not a number where there is none.
    static func mean(_ a: Plane, _ b: Plane) -> Double {
        let columns = a.width - taps + 1
        let rows = a.height - taps + 1
        guard columns > 0, rows > 0 else { return .nan }
        // The five local averages per position: a, b, a², b², ab; the ring keeps the last `taps` rows of them.
        let stride = 5 * columns
        var ring = [Double](repeating: 0, count: taps * stride)
        var averages = [Double](repeating: 0, count: stride)
        var sum = 0.0
        for y in 0..<a.height {
            let slot = y % taps * stride
            filterRow(a, b, row: y, columns: columns, into: &ring, at: slot)
            guard y >= taps - 1 else { continue }
            averages.withUnsafeMutableBufferPointer { averages in
                averages.update(repeating: 0)
                ring.withUnsafeBufferPointer { ring in
                    for tap in 0..<taps {
                        let weight = window[tap]
                        let start = (y - taps + 1 + tap) % taps * stride
                        for i in 0..<stride { averages[i] += weight * ring[start + i] }
                    }
                }
            }
            sum += rowSum(averages, columns: columns)
        }
        return sum / Double(rows * columns)
    }

    private static func filterRow(_ a: Plane, _ b: Plane, row: Int, columns: Int, into ring: inout [Double], at slot: Int) {
        a.values.withUnsafeBufferPointer { a in
            b.values.withUnsafeBufferPointer { b in
                window.withUnsafeBufferPointer { window in
                    ring.withUnsafeMutableBufferPointer { ring in
                        let start = row * (columns + taps - 1)
                        for x in 0..<columns {
                            var sums = SIMD8<Double>()
                            for tap in 0..<taps {
                                let p = a[start + x + tap]
                                let q = b[start + x + tap]
                                sums += window[tap] * SIMD8(p, q, p * p, q * q, p * q, 0, 0, 0)
                            }
                            for k in 0..<5 { ring[slot + k * columns + x] = sums[k] }
                        }
                    }
                }
            }
        }
    }

    private static func rowSum(_ averages: [Double], columns: Int) -> Double {
        averages.withUnsafeBufferPointer { averages in
            var sum = 0.0
            for x in 0..<columns {
                let meanA = averages[x]
                let meanB = averages[columns + x]
                let varianceA = averages[2 * columns + x] - meanA * meanA
                let varianceB = averages[3 * columns + x] - meanB * meanB
                let covariance = averages[4 * columns + x] - meanA * meanB
                sum +=
                    (2 * meanA * meanB + c1) * (2 * covariance + c2)
                    / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
            }
            return sum
        }
    }
}
