import BlindSR
import CMatio
import Files
import Foundation

/// Kernels in MATLAB's `.mat` files (versions 4, 5 and 7.3), read by libmatio.
enum MatlabFile {
    private static let largestFile = 1 << 24

    /// The only one of ``kernels(_:atMost:)``.
    static func kernel(_ path: String) throws(KernelFileError) -> BlurKernel {
        let kernels = try kernels(path, atMost: 2)
        guard kernels.count == 1 else { throw .notAKernel(file: path, reason: "it holds several kernels, and one is needed") }
        return kernels[0]
    }

    /// The two-dimensional numeric arrays of kernel size in the file and in its cell arrays, divided by their sums; at least one.
    static func kernels(_ path: String, atMost limit: Int = 1000) throws(KernelFileError) -> [BlurKernel] {
        let file = try open(path)
        defer { Mat_Close(file) }
        var kernels: [BlurKernel] = []
        // Names and sizes come first, so that no large array is read for nothing.
        while kernels.count < limit, let variable = next(file) {
            defer { free(variable) }
            guard isKernelSized(variable) || isSmallCell(variable), Mat_VarReadDataAll(file, variable) == 0 else { continue }
            for (height, width, values) in matrices(variable, atMost: limit - kernels.count) {
                do throws(BlurKernelError) {
                    kernels.append(try BlurKernel(height: height, width: width, doubles: values, normalize: true))
                } catch {
                    throw .notAKernel(file: path, reason: error.reason)
                }
            }
        }
        guard !kernels.isEmpty else {
            throw .notAKernel(
                file: path, reason: "it holds no two-dimensional array of \(BlurKernel.sizes.upperBound) elements a side or less")
        }
        return kernels
    }

    /// The first real matrix of a size, row by row.
    static func matrix(_ path: String, height: Int, width: Int) throws(KernelFileError) -> [Double] {
        let file = try open(path)
        defer { Mat_Close(file) }
        func fits(_ variable: UnsafeMutablePointer<matvar_t>) -> Bool {
            guard variable.pointee.rank == 2, variable.pointee.class_type != MAT_C_CELL, let dims = variable.pointee.dims else {
                return false
            }
            return dims[0] == height && dims[1] == width
        }
        while let variable = next(file) {
            defer { free(variable) }
            if fits(variable), Mat_VarReadDataAll(file, variable) == 0, let matrix = matrix(variable) { return matrix.values }
        }
        throw .notAKernel(file: path, reason: "it holds no matrix of \(height)×\(width) numbers")
    }

    private static func open(_ path: String) throws(KernelFileError) -> OpaquePointer {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .cannotRead(file: path, reason: systemMessage()) }
        // A named pipe that nobody writes to would block.
        guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotRead(file: path, reason: "it is not a regular file") }
        guard status.st_size <= largestFile else { throw .notAKernel(file: path, reason: "it is larger than 16 MiB") }
        // libmatio writes what it thinks of a damaged file to stderr; the errors here say it.
        Mat_LogInitFunc("kenet") { _, _ in }
        guard let file = Mat_Open(path, Int32(MAT_ACC_RDONLY.rawValue)) else {
            throw .notAKernel(file: path, reason: "it is not a .mat file that can be read")
        }
        return file
    }

    /// The next variable, its values not yet read; nil at the end, and at a negative side, from which libmatio may go back for ever.
    private static func next(_ file: OpaquePointer) -> UnsafeMutablePointer<matvar_t>? {
        guard let variable = Mat_VarReadNextInfo(file) else { return nil }
        if variable.pointee.rank == 2, let dims = variable.pointee.dims, min(dims[0], dims[1]) < 0 {
            free(variable)
            return nil
        }
        return variable
    }

    private static func isKernelSized(_ variable: UnsafeMutablePointer<matvar_t>) -> Bool {
        guard variable.pointee.rank == 2, let dims = variable.pointee.dims else { return false }
        return BlurKernel.sizes.contains(Int(dims[0])) && BlurKernel.sizes.contains(Int(dims[1])) && dims[0] * dims[1] > 1
    }

    private static func isSmallCell(_ variable: UnsafeMutablePointer<matvar_t>) -> Bool {
        guard variable.pointee.class_type == MAT_C_CELL, variable.pointee.rank == 2, let dims = variable.pointee.dims else { return false }
        return (0...1000).contains(dims[0]) && (0...1000).contains(dims[1])
    }

    /// Frees a variable. A damaged file may announce billions of cells, which libmatio would visit one by one: they are forgotten first.
    private static func free(_ variable: UnsafeMutablePointer<matvar_t>) {
        if variable.pointee.class_type == MAT_C_CELL, !isSmallCell(variable), let dims = variable.pointee.dims {
            variable.pointee.nbytes = 0
            for i in 0..<Int(variable.pointee.rank) { dims[i] = 0 }
        }
        Mat_VarFree(variable)
    }

    private typealias Matrix = (height: Int, width: Int, values: [Double])

    /// A variable's own matrix, or those of its cells.
    private static func matrices(_ variable: UnsafeMutablePointer<matvar_t>, atMost limit: Int) -> [Matrix] {
        guard variable.pointee.class_type == MAT_C_CELL else {
            return isKernelSized(variable) ? matrix(variable).map { [$0] } ?? [] : []
        }
        var found: [Matrix] = []
        for index in 0..<Int32(clamping: limit) {
            guard found.count < limit, let cell = Mat_VarGetCell(variable, index) else { break }
            found += matrices(cell, atMost: limit - found.count)
        }
        return found
    }

    /// A real matrix row by row; MATLAB keeps its columns together.
    private static func matrix(_ variable: UnsafeMutablePointer<matvar_t>) -> Matrix? {
        guard variable.pointee.rank == 2, variable.pointee.isComplex == 0, let data = variable.pointee.data else { return nil }
        let (height, width) = (Int(variable.pointee.dims[0]), Int(variable.pointee.dims[1]))
        guard Int(variable.pointee.nbytes) == height * width * Int(variable.pointee.data_size) else { return nil }
        let columns: [Double]
        // The data of other classes, sparse matrices among them, are no plain numbers.
        switch variable.pointee.class_type {
        case MAT_C_DOUBLE: columns = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Double.self), count: height * width).map { $0 }
        case MAT_C_SINGLE:
            columns = UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: height * width).map(Double.init)
        case MAT_C_UINT8:
            columns = UnsafeBufferPointer(start: data.assumingMemoryBound(to: UInt8.self), count: height * width).map(Double.init)
        default: return nil
        }
        return (height, width, (0..<height * width).map { columns[$0 % width * height + $0 / width] })
    }
}
