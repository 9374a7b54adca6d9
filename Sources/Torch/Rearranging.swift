import CTorch

/// How images are continued beyond their border.
public enum Padding: Int32, Sendable {
    case zero, reflect, replicate, circular
}

/// Views and rearrangements. Dimensions may be negative: they count from the end.
extension Tensor {
    /// The same elements in another shape; one dimension may be -1.
    public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor {
        let dims = shape.map(Int64.init)
        return try make(self) { ct_reshape($0, dims, Int32(dims.count), $1) }
    }

    /// A view that repeats dimensions of size 1.
    public func expanded(to shape: [Int]) throws(TorchError) -> Tensor {
        let dims = shape.map(Int64.init)
        return try make(self) { ct_expand($0, dims, Int32(dims.count), $1) }
    }

    public func permuted(_ dims: [Int]) throws(TorchError) -> Tensor {
        let order = dims.map(Int64.init)
        return try make(self) { ct_permute($0, order, Int32(order.count), $1) }
    }

    /// Elements `range` of one dimension, every `step`-th of them.
    public func slice(_ dim: Int, _ range: Range<Int>, step: Int = 1) throws(TorchError) -> Tensor {
        try make(self) { ct_slice($0, Int64(dim), Int64(range.lowerBound), Int64(range.upperBound), Int64(step), $1) }
    }

    /// Elements `indices` of one dimension, in that order; an index may come twice.
    public func selected(_ dim: Int, _ indices: [Int]) throws(TorchError) -> Tensor {
        let which = indices.map(Int64.init)
        return try make(self) { ct_select($0, Int64(dim), which, Int32(which.count), $1) }
    }

    /// The elements in ascending order along one dimension.
    public func sorted(_ dim: Int) throws(TorchError) -> Tensor { try make(self) { ct_sort($0, Int64(dim), $1) } }

    /// Cubic interpolation (a = −0.75) of N×C×H×W at the places of N×h×w×2, x before y, where −1 and 1 are the centres of the first and the
    /// last pixel. Beyond them lies the mirror image.
    public func sampledCubic(at places: Tensor) throws(TorchError) -> Tensor { try make(self, places, ct_sample_cubic) }

    /// A view of the windows of the last two dimensions that start at multiples of `stride`:
    /// …×h×w → …×m×n×size×size with m = ⌊(h − size)/stride⌋ + 1.
    public func windows(_ size: Int, stride: Int) throws(TorchError) -> Tensor {
        try make(self) { ct_windows($0, Int64(size), Int64(stride), $1) }
    }

    public func flipped(_ dims: [Int]) throws(TorchError) -> Tensor {
        let which = dims.map(Int64.init)
        return try make(self) { ct_flip($0, which, Int32(which.count), $1) }
    }

    /// Shifts elements circularly: the element at i goes to i + shift.
    public func rolled(by shifts: [Int], dims: [Int]) throws(TorchError) -> Tensor {
        let amounts = shifts.map(Int64.init)
        let which = dims.map(Int64.init)
        return try make(self) { ct_roll($0, amounts, which, Int32(which.count), $1) }
    }

    public static func concatenate(_ tensors: [Tensor], dim: Int) throws(TorchError) -> Tensor {
        try make { out in withHandles(tensors) { ct_concatenate($0, $1, Int64(dim), out) } }
    }

    /// Pads the last two dimensions.
    public func padded(left: Int = 0, right: Int = 0, top: Int = 0, bottom: Int = 0, _ mode: Padding) throws(TorchError) -> Tensor {
        try make(self) { ct_pad($0, Int64(left), Int64(right), Int64(top), Int64(bottom), mode.rawValue, $1) }
    }

    /// Keeps rows and columns 0, s, 2s, … of the last two dimensions (the ↓s of Eq. 1).
    public func decimated(by scale: Int) throws(TorchError) -> Tensor {
        let size = shape
        return try slice(-2, 0..<size[size.count - 2], step: scale).slice(-1, 0..<size[size.count - 1], step: scale)
    }

    /// The adjoint of ``decimated(by:)``: a zero image of `height`×`width` with this one at rows and columns 0, s, 2s, …
    public func zerosInserted(height: Int, width: Int, scale: Int) throws(TorchError) -> Tensor {
        try make(self) { ct_insert_zeros($0, Int64(height), Int64(width), Int64(scale), $1) }
    }

    /// Each block of scale × scale pixels becomes one pixel with scale² times the channels: N×C×sH×sW → N×(C·s²)×H×W.
    public func foldedBlocks(scale: Int) throws(TorchError) -> Tensor { try make(self) { ct_pixel_unshuffle($0, Int64(scale), $1) } }

    /// The inverse of ``foldedBlocks(scale:)``.
    public func unfoldedBlocks(scale: Int) throws(TorchError) -> Tensor { try make(self) { ct_pixel_shuffle($0, Int64(scale), $1) } }

    /// Every pixel becomes a block of scale × scale.
    public func enlargedNearest(scale: Int) throws(TorchError) -> Tensor {
        try make(self) { ct_upsample_nearest($0, Int64(scale), $1) }
    }

    /// Bilinear enlargement whose pixels cover the same rectangle as before.
    public func enlargedBilinear(scale: Int) throws(TorchError) -> Tensor {
        try make(self) { ct_upsample_bilinear($0, Int64(scale), $1) }
    }
}
