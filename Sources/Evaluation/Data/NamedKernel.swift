import BlindSR
import Foundation
import NeuralNetworks

/// A kernel that images are blurred with.
struct NamedKernel: Sendable, Equatable {
    /// Of a kernel from a file: "m_01", or "kernels_12:3" for the third of several; nil for a draw.
    let name: String?
    let kernel: BlurKernel

    /// All kernels of a file, or of the files of a folder in the order of their names, as they stand there: for convolution.
    ///
    /// Kernels are centred: where a blur moves the image to is nothing that could be seen in the result.
    ///
    /// - Throws: `KernelFileError`, `ImagingError`.
    static func all(in path: String) throws -> [NamedKernel] {
        guard FileManager.default.isFolder(path) else {
            return try all(inFile: path, name: ((path as NSString).lastPathComponent as NSString).deletingPathExtension)
        }
        let files = FileManager.default.files(in: path, where: KernelInput.canRead)
        guard !files.isEmpty else { throw KernelFileError.notAKernel(file: path, reason: "the folder holds no kernels") }
        return try files.flatMap { try all(inFile: $0.path, name: $0.name) }
    }

    private static func all(inFile path: String, name: String) throws -> [NamedKernel] {
        let kernels = KernelInput.isMatlab(path) ? try MatlabFile.kernels(path) : [try KernelInput.read(path)]
        return kernels.enumerated().map { index, kernel in
            NamedKernel(name: kernels.count == 1 ? name : "\(name):\(index + 1)", kernel: kernel.centred)
        }
    }

    /// SHA-256 of names and values.
    static func hash(_ kernels: [NamedKernel]) -> String {
        let text = kernels.map { "\($0.name ?? "") \($0.kernel.height) \($0.kernel.width) \($0.kernel.values.map(\.bitPattern))" }
        return SHA256.hexadecimal(of: Array(text.joined(separator: "\n").utf8))
    }
}

extension BlurKernel {
    /// Moved by whole pixels until its centre of mass lies within half a pixel of the middle, on a canvas that grows by twice the way.
    var centred: BlurKernel {
        var (x, y) = (0.0, 0.0)
        for row in 0..<height {
            for column in 0..<width {
                x += Double(self[row, column]) * Double(column - width / 2)
                y += Double(self[row, column]) * Double(row - height / 2)
            }
        }
        let (right, down) = (Int((x / sum).rounded()), Int((y / sum).rounded()))
        guard (right, down) != (0, 0) else { return self }
        let wide = resizedCanvas(height: height + 2 * abs(down), width: width + 2 * abs(right))
        let values = (0..<wide.height).flatMap { row in
            (0..<wide.width).map { column in
                let (source, line) = (column + right, row + down)
                return (0..<wide.width).contains(source) && (0..<wide.height).contains(line) ? wide[line, source] : 0
            }
        }
        return (try? BlurKernel(height: wide.height, width: wide.width, values: values, normalize: false)) ?? self
    }
}
