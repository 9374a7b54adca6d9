import NeuralNetworks
import Torch

/// The prior of USRNet: a bias-free U-Net of residual blocks over four resolutions whose skips are added.
///
/// Parameter names are those of KAIR's `ResUNet`. Sizes that are no multiple of 8 are continued on the right and at the bottom.
struct ResUNet {
    private let head: Convolution
    private let down: [Down]
    private let body: [ResidualBlock]
    private let up: [Up]
    private let tail: Convolution

    /// Residual blocks, then half the size: `m_down1` to `m_down3`.
    private struct Down {
        let blocks: [ResidualBlock]
        let shrink: Convolution

        func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try shrink(ResUNet.apply(blocks, to: x)) }
    }

    /// Twice the size, then residual blocks: `m_up1` to `m_up3`.
    private struct Up {
        let enlarge: TransposedConvolution
        let blocks: [ResidualBlock]

        func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor { try ResUNet.apply(blocks, to: enlarge(x)) }
    }

    /// - Parameters:
    ///   - widths: Channels at the four resolutions, finest first.
    ///   - blocks: Residual blocks per resolution and direction.
    init(_ scope: Parameters.Scope, inputs: Int, outputs: Int, widths: [Int], blocks: Int) throws(TorchError) {
        func residuals(_ scope: Parameters.Scope, _ width: Int, from first: Int) throws(TorchError) -> [ResidualBlock] {
            var made: [ResidualBlock] = []
            for i in first..<first + blocks { made.append(try ResidualBlock(scope / "\(i)", width: width, bias: false)) }
            return made
        }
        head = try Convolution(scope / "m_head", inputs, widths[0], bias: false)
        var down: [Down] = []
        var up: [Up] = []
        for level in 1...3 {
            let (fine, coarse) = (widths[level - 1], widths[level])
            let path = scope / "m_down\(level)"
            let before = try residuals(path, fine, from: 0)
            let shrink = try Convolution(path / "\(blocks)", fine, coarse, size: 2, stride: 2, padding: 0, bias: false)
            down.append(Down(blocks: before, shrink: shrink))
        }
        body = try residuals(scope / "m_body", widths[3], from: 0)
        for level in [3, 2, 1] {
            let (fine, coarse) = (widths[level - 1], widths[level])
            let path = scope / "m_up\(level)"
            let enlarge = try TransposedConvolution(path / "0", coarse, fine, stride: 2)
            up.append(Up(enlarge: enlarge, blocks: try residuals(path, fine, from: 1)))
        }
        self.down = down
        self.up = up
        tail = try Convolution(scope / "m_tail", widths[0], outputs, bias: false)
    }

    /// N×I×H×W → N×O×H×W.
    func callAsFunction(_ x: Tensor) throws(TorchError) -> Tensor {
        let (height, width) = (x.shape[2], x.shape[3])
        let padded = try x.padded(right: (8 - width % 8) % 8, bottom: (8 - height % 8) % 8, .replicate)
        // The CPU's convolutions are 1.3 times as fast with channels innermost; the layout passes from layer to layer.
        var skips = [try head(padded.contiguous(channelsLast: x.device == .cpu))]  // H×W
        for down in down { skips.append(try down(skips.last!)) }  // H/2×W/2, H/4×W/4, H/8×W/8
        var x = try Self.apply(body, to: skips.last!)
        for (up, skip) in zip(up, skips.reversed()) { x = try up(x + skip) }
        return try tail(x + skips[0]).slice(2, 0..<height).slice(3, 0..<width)
    }

    private static func apply(_ blocks: [ResidualBlock], to x: Tensor) throws(TorchError) -> Tensor {
        var x = x
        for block in blocks { x = try block(x) }
        return x
    }
}
