import Files
import Foundation
import NeuralNetworks

/// Blur kernels in files: `.npy` and `.json`.
public enum KernelFile {
    /// The largest file that is read, in bytes; a JSON kernel of the largest size stays far below.
    static let maximumByteCount = 1 << 20

    /// Whether a path ends in an extension that `write` knows.
    public static func canWrite(_ path: String) -> Bool {
        Format(path) != nil
    }

    /// Reads a kernel and divides it by its sum; the content decides on the format, not the name.
    ///
    /// An `.npy` file holds a two-dimensional array of f4 or f8. A JSON file holds a bare array of rows, an object with `values` and `size`
    /// (or `height` and `width`), or an object with such an object as `kernel`. The orientation is that of a true convolution. Throws
    /// `KernelFileError.cannotRead` and `.notAKernel`.
    public static func read(_ path: String) throws(KernelFileError) -> BlurKernel {
        let bytes: [UInt8]
        do throws(SafetensorsError) {
            bytes = try ByteSource.contents(of: path, limit: maximumByteCount + 1)
        } catch {
            guard case .cannotRead(_, let reason) = error else { throw .cannotRead(file: path, reason: "it changed while being read") }
            throw .cannotRead(file: path, reason: reason)
        }
        return try decode(bytes, file: path)
    }

    /// The kernel in a file's content; `file` is named in errors.
    static func decode(_ bytes: [UInt8], file: String) throws(KernelFileError) -> BlurKernel {
        do {
            guard !bytes.isEmpty else { throw NumpyFile.Failure(reason: "it is empty") }
            guard bytes.count <= maximumByteCount else { throw NumpyFile.Failure(reason: "it is larger than 1 MiB") }
            if bytes.starts(with: NumpyFile.magic) {
                let array = try NumpyFile(bytes)
                return try BlurKernel(height: array.height, width: array.width, doubles: array.values, normalize: true)
            }
            let document = try JSONDecoder().decode(KernelDocument.self, from: Data(bytes))
            return try BlurKernel(height: document.height, width: document.width, doubles: document.values, normalize: true)
        } catch let error as NumpyFile.Failure {
            throw .notAKernel(file: file, reason: error.reason)
        } catch let error as KernelDocument.Failure {
            throw .notAKernel(file: file, reason: error.reason)
        } catch let error as BlurKernelError {
            throw .notAKernel(file: file, reason: error.reason)
        } catch {
            throw .notAKernel(file: file, reason: "it is neither .npy nor JSON")
        }
    }

    /// Writes a kernel as the path's extension says, a whole file or none.
    ///
    /// - Parameters:
    ///   - kernel: In true-convolution orientation.
    ///   - path: Its extension is `npy` or `json`.
    ///   - replacing: Whether a file may stand there.
    /// - Throws: ``KernelFileError/unknownFormat(file:)``, ``KernelFileError/cannotWrite(file:reason:)``.
    public static func write(_ kernel: BlurKernel, to path: String, replacing: Bool = true) throws(KernelFileError) {
        guard let format = Format(path) else { throw .unknownFormat(file: path) }
        let bytes =
            switch format {
            case .npy: NumpyFile.encode(height: kernel.height, width: kernel.width, values: kernel.values)
            case .json: Array(json(kernel).utf8)
            }
        do throws(AtomicFileError) {
            try AtomicFile.write(bytes, to: path, replacing: replacing)
        } catch {
            throw .cannotWrite(file: path, reason: error.reason)
        }
    }

    private enum Format: String {
        case npy, json

        init?(_ path: String) {
            self.init(rawValue: (path as NSString).pathExtension.lowercased())
        }
    }

    /// `size` as [height, width], `values` row by row with all digits, and the eigenvalues (px²) and angle (degrees) of the fitted Gaussian.
    private static func json(_ kernel: BlurKernel) -> String {
        let fit = GaussianParameters.fit(to: kernel)
        let values = kernel.values.map { "\(Double($0))" }.joined(separator: ",")
        return """
            {"size":[\(kernel.height),\(kernel.width)],"values":[\(values)],\
            "eigenvalues":[\(fit.variance1),\(fit.variance2)],"angle":\(fit.degrees)}

            """
    }
}

/// Why a kernel file could not be used, each case one sentence.
public enum KernelFileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file is missing or the system does not let it be read.
    case cannotRead(file: String, reason: String)
    /// The content is not a blur kernel.
    case notAKernel(file: String, reason: String)
    /// The extension is neither `.npy` nor `.json`.
    case unknownFormat(file: String)
    /// The file could not be written.
    case cannotWrite(file: String, reason: String)

    public var description: String {
        switch self {
        case .cannotRead(let file, let reason): "\(file): the kernel could not be read (\(reason))."
        case .notAKernel(let file, let reason): "\(file): this is not a blur kernel (\(reason))."
        case .unknownFormat(let file): "\(file): kernels are written as .npy or .json."
        case .cannotWrite(let file, let reason): "\(file): the kernel could not be written (\(reason))."
        }
    }
}
