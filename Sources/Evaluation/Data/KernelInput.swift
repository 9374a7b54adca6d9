import BlindSR
import Foundation
import Imaging

/// Blur kernels that people give: `.npy` and `.json` as numbers, `.mat` of MATLAB, image files as grey levels.
public enum KernelInput {
    /// Whether a file's name is one of a kernel.
    static func canRead(_ path: String) -> Bool {
        KernelFile.canWrite(path) || isMatlab(path) || ImageFormat(pathExtension: path) != nil
    }

    static func isMatlab(_ path: String) -> Bool { (path as NSString).pathExtension.lowercased() == "mat" }

    /// Reads a kernel as it stands in its file, divided by its sum. Throws `KernelFileError`, `ImagingError`.
    public static func read(_ path: String) throws -> BlurKernel {
        if isMatlab(path) { return try MatlabFile.kernel(path) }
        guard ImageFormat(pathExtension: path) != nil else { return try KernelFile.read(path) }
        do {
            return try BlurKernel(image: ImageFile.read(path, limits: ImageLimits(maxPixels: 4096 * 4096)).image)
        } catch let error as BlurKernelError {
            throw KernelFileError.notAKernel(file: path, reason: error.reason)
        }
    }
}
