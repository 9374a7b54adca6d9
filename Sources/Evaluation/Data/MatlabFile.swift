import BlindSR
import CMatio
import Foundation

/// Kernels in MATLAB's `.mat` files (versions 4, 5 and 7.3), read by libmatio.
enum MatlabFile {
    private static let largestFile = 1 << 24

    /// The first two-dimensional numeric array of kernel size in the file, or in the first cell of a cell array, divided by its sum.
    static func kernel(_ path: String) throws(KernelFileError) -> BlurKernel {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = attributes?[.size] as? UInt64 else { throw .cannotRead(file: path, reason: "there is no such file") }
        guard size <= largestFile else { throw .notAKernel(file: path, reason: "it is larger than 16 MiB") }
        // libmatio writes what it thinks of a damaged file to stderr; the sentence below says it.
        Mat_LogInitFunc("kenet") { _, _ in }
        guard let file = Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else {
            throw .notAKernel(file: path, reason: "it is not a .mat file that can be read")
        }
        defer { Mat_Close(file) }
        // Names and sizes come first, so that no large array is read for nothing.
        while let header = Mat_VarReadNextInfo(file) {
            defer { Mat_VarFree(header) }
            guard isKernelSized(header) || header.pointee.class_type == MAT_C_CELL, let name = header.pointee.name,
                let variable = Mat_VarRead(file, name)
            else { continue }
            defer { Mat_VarFree(variable) }
            if let (height, width, values) = matrix(variable) {
                do throws(BlurKernelError) {
                    return try BlurKernel(height: height, width: width, doubles: values, normalize: true)
                } catch {
                    throw .notAKernel(file: path, reason: error.reason)
                }
            }
        }
        throw .notAKernel(file: path, reason: "it holds no two-dimensional array of \(BlurKernel.sizes.upperBound) elements a side or less")
    }

    private static func isKernelSized(_ variable: UnsafeMutablePointer<matvar_t>) -> Bool {
        guard variable.pointee.rank == 2, let dims = variable.pointee.dims else { return false }
        return BlurKernel.sizes.contains(Int(dims[0])) && BlurKernel.sizes.contains(Int(dims[1])) && dims[0] * dims[1] > 1
    }

    /// A real matrix row by row; MATLAB keeps its columns together.
    private static func matrix(_ variable: UnsafeMutablePointer<matvar_t>) -> (height: Int, width: Int, values: [Double])? {
        if variable.pointee.class_type == MAT_C_CELL {
            return Mat_VarGetCell(variable, 0).flatMap(matrix)
        }
        guard isKernelSized(variable), variable.pointee.isComplex == 0, let data = variable.pointee.data else { return nil }
        let (height, width) = (Int(variable.pointee.dims[0]), Int(variable.pointee.dims[1]))
        guard Int(variable.pointee.nbytes) == height * width * Int(variable.pointee.data_size) else { return nil }
        let columns: [Double]
        switch variable.pointee.data_type {
        case MAT_T_DOUBLE: columns = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Double.self), count: height * width).map { $0 }
        case MAT_T_SINGLE:
            columns = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: height * width).map(Double.init)
        case MAT_T_UINT8:
            columns = UnsafeBufferPointer(start: data.assumingMemoryBound(to: UInt8.self), count: height * width).map(Double.init)
        default: return nil
        }
        return (height, width, (0..<height * width).map { columns[$0 % width * height + $0 / width] })
    }
}
