/// One piece of work to time.
struct Request: Decodable {
    enum Operation: String, Decodable {
        /// The product of two matrices, `width` × `width`.
        case product
        /// A 3×3 convolution with bias and ReLU from `channels` to as many.
        case convolution
        /// The same with 1×1, which is a product of matrices: what convolutions are compared with where the BLAS is slow on the processor.
        case pointwise
        /// A real Fourier transform of three channels, and back.
        case fourier
        /// The Wiener filter of `kernel` for three noise levels, made and applied.
        case filter
        /// A network with the file `weights`, once: a circular border, the kernel given.
        case kenet, usrnet, wiener
        /// The default pair as `kenet upscale` runs it, the photo in memory: border continued, kernel estimated, tiles.
        case pair
        /// The default estimator as `kenet estimate` runs it, the photo in memory.
        case estimate
        /// No work: writes the photo, repeated to `width` × `height`, to `input`, and a kernel to `kernel`.
        case photo
    }

    let operation: Operation
    /// Of the input, in pixels.
    let width: Int
    let height: Int
    let scale: Int
    let channels: Int
    /// Whether convolutions and products work in bfloat16.
    let reduced: Bool
    /// A weight file; for `photo` an image.
    let weights: String
    /// 3×`height`×`width` values of type float32.
    let input: String
    /// 11×11 values of type float32.
    let kernel: String
    /// Where the result of the first call is written, as float32; nothing where it is empty.
    let output: String
}
