/// One of several equal parts of an evaluation or of a batch of photos, `i/n`: every n-th piece of work, beginning with the i-th.
public struct Shard: Sendable, Hashable {
    /// From 1 to ``count``.
    public let index: Int
    public let count: Int

    /// All of it.
    public static let whole = Shard(index: 1, count: 1)

    private init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// Reads `i/n`; nil for anything else.
    public init?(_ text: String) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let index = numbers[0], let count = numbers[1], (1...10_000).contains(count), (1...count).contains(index)
        else { return nil }
        self.init(index: index, count: count)
    }

    /// Whether it holds the piece of work with this number, counted from 0.
    public func contains(_ number: Int) -> Bool { number % count == index - 1 }
}
