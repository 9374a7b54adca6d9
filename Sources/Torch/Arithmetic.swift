import CTorch

/// Arithmetic and functions of one element. Shapes broadcast as in NumPy.
extension Tensor {
    public static func + (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try make(a, b, ct_add) }
    public static func - (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try make(a, b, ct_subtract) }
    public static func * (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try make(a, b, ct_multiply) }
    public static func / (a: Tensor, b: Tensor) throws(TorchError) -> Tensor { try make(a, b, ct_divide) }
    public static prefix func - (a: Tensor) throws(TorchError) -> Tensor { try make(a, ct_negate) }

    public static func + (a: Tensor, b: Double) throws(TorchError) -> Tensor { try make(a) { ct_add_scalar($0, b, $1) } }
    public static func - (a: Tensor, b: Double) throws(TorchError) -> Tensor { try a + -b }
    public static func * (a: Tensor, b: Double) throws(TorchError) -> Tensor { try make(a) { ct_multiply_scalar($0, b, $1) } }
    public static func / (a: Tensor, b: Double) throws(TorchError) -> Tensor { try a * (1 / b) }

    /// self · factor + term in one pass.
    public func multiplied(by factor: Tensor, adding term: Tensor) throws(TorchError) -> Tensor {
        try make { out in withHandle { a in factor.withHandle { b in term.withHandle { ct_multiply_add(a, b, $0, out) } } } }
    }

    public func abs() throws(TorchError) -> Tensor { try make(self, ct_abs) }
    public func exp() throws(TorchError) -> Tensor { try make(self, ct_exp) }
    public func log() throws(TorchError) -> Tensor { try make(self, ct_log) }
    public func squareRoot() throws(TorchError) -> Tensor { try make(self, ct_sqrt) }
    public func power(_ exponent: Double) throws(TorchError) -> Tensor { try make(self) { ct_power($0, exponent, $1) } }
    public func squared() throws(TorchError) -> Tensor { try make(self, self, ct_multiply) }
    /// To the nearest integer, halves to even.
    public func rounded() throws(TorchError) -> Tensor { try make(self, ct_round) }
    public func clamped(to range: ClosedRange<Double>) throws(TorchError) -> Tensor {
        try make(self) { ct_clamp($0, range.lowerBound, range.upperBound, $1) }
    }

    /// The complex conjugate; itself for real values.
    public func conjugate() throws(TorchError) -> Tensor { try make(self, ct_conjugate) }
    /// The real parts of complex values.
    public func real() throws(TorchError) -> Tensor { try make(self, ct_real) }

    /// Matrix product over the last two dimensions.
    public func matrixProduct(_ other: Tensor) throws(TorchError) -> Tensor { try make(self, other, ct_matmul) }

    /// Per element, whether it is greater than the other's: a Boolean tensor.
    public func isGreater(than other: Tensor) throws(TorchError) -> Tensor { try make(self, other, ct_greater) }

    /// Per element, `a` where this Boolean tensor is true, else `b`.
    public func select(_ a: Tensor, otherwise b: Tensor) throws(TorchError) -> Tensor {
        try make { out in withHandle { c in a.withHandle { x in b.withHandle { ct_where(c, x, $0, out) } } } }
    }
}

/// Reductions over the named dimensions (negative ones count from the end), over all when none is named.
extension Tensor {
    public func sum(_ dims: [Int] = [], keepingDimensions keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(dims, keep, ct_sum)
    }

    public func mean(_ dims: [Int] = [], keepingDimensions keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(dims, keep, ct_mean)
    }

    public func maximum(_ dims: [Int] = [], keepingDimensions keep: Bool = false) throws(TorchError) -> Tensor {
        try reduce(dims, keep, ct_maximum)
    }

    private func reduce(
        _ dims: [Int], _ keep: Bool, _ call: (OpaquePointer, UnsafePointer<Int64>, Int32, Bool, Out) -> ct_status
    ) throws(TorchError) -> Tensor {
        let wanted = (dims.isEmpty ? Array(0..<shape.count) : dims).map(Int64.init)
        return try make(self) { call($0, wanted, Int32(wanted.count), keep, $1) }
    }
}
