/// A rectangle of whole pixels; (`x`, `y`) is its top-left one.
public struct Rectangle: Sendable, Equatable {
    /// First column.
    public let x: Int
    /// First row.
    public let y: Int
    /// Number of columns.
    public let width: Int
    /// Number of rows.
    public let height: Int

    /// A rectangle of `width × height` pixels whose top-left one is (`x`, `y`).
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The same area on a grid `factor` times as fine.
    func scaled(by factor: Int) -> Rectangle {
        Rectangle(x: x * factor, y: y * factor, width: width * factor, height: height * factor)
    }
}
