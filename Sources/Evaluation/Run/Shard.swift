/// One of several equal parts of an evaluation, `i/n`: every n-th image and draw, beginning with the i-th.
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

    func contains(_ number: Int) -> Bool { number % count == index - 1 }
}
