extension BlurKernel {
    /// The centre of mass, counted from the first row and column.
    public var centreOfMass: (row: Double, column: Double) { BlindSR.centreOfMass(values.map(Double.init), columns: width) }

    /// The same values with a margin of zeros on each side; the centre stays the centre.
    public func padded(by margin: Int) -> BlurKernel { resizedCanvas(height: height + 2 * margin, width: width + 2 * margin) }

    /// The same values on a canvas with a middle element: even sides grow by one.
    public var withOddSides: BlurKernel { resizedCanvas(height: height | 1, width: width | 1) }

    /// Moved by parts of an element, along the cubic splines through its rows and columns; what comes from beyond the canvas is zero, and small
    /// negative values may arise.
    public func shifted(rows: Double, columns: Double) -> BlurKernel {
        let moved = BlindSR.shifted(
            values.map(Double.init), rows: height, columns: width, down: rows, right: columns, border: .zero)
        return BlurKernel(height: height, width: width, unchecked: moved.map(Float.init))
    }
}
