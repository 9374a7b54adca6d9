import Foundation
import Testing

@testable import BlindSR

struct KernelFileTests {
    private let kernel = GaussianParameters(variance1: 3, variance2: 0.8, angle: 0.7).kernel(size: 11)

    private func temporaryPath(_ suffix: String) -> String {
        NSTemporaryDirectory() + "/kernel-\(UUID().uuidString)\(suffix)"
    }

    private func npy(_ header: String, version: UInt8 = 1, data: [UInt8] = []) -> [UInt8] {
        let length = header.utf8.count
        let lengthBytes = [UInt8(length & 255), UInt8(length >> 8)] + (version == 1 ? [] : [0, 0])
        return NumpyFile.magic + [version, 0] + lengthBytes + Array(header.utf8) + data
    }

    private func bytes<Number>(_ values: [Number]) -> [UInt8] {
        values.withUnsafeBytes(Array.init)
    }

    private func decode(_ text: String) throws -> BlurKernel {
        try KernelFile.decode(Array(text.utf8), file: "k.json")
    }

    @Test(arguments: [".npy", ".json", ".NPY"])
    func readsWhatItWrites(suffix: String) throws {
        let path = temporaryPath(suffix)
        defer { unlink(path) }
        #expect(KernelFile.canWrite(path))
        let square = kernel
        let oblong = square.resizedCanvas(height: 9, width: 14)
        for kernel in [square, oblong] {
            try KernelFile.write(kernel, to: path)
            let read = try KernelFile.read(path)
            #expect(read.height == kernel.height && read.width == kernel.width)
            #expect(zip(read.values, kernel.values).allSatisfy { abs(Double($0) - Double($1) / kernel.sum) < 1e-7 })
        }
    }

    @Test func readsNumpyVariants() throws {
        let values: [Double] = [1, 2, 3, 4, 5, 5]
        let expected = try BlurKernel(height: 2, width: 3, doubles: values, normalize: true)
        let type = "{'descr': '<f8', 'fortran_order': False, "
        let data = bytes(values)
        for version in UInt8(1)...3 {
            #expect(try KernelFile.decode(npy(type + "'shape': (2, 3), }\n", version: version, data: data), file: "k") == expected)
        }
        #expect(try KernelFile.decode(npy(type + "'shape': (1, 2, 3)}", data: data), file: "k") == expected)
        #expect(try KernelFile.decode(npy(type + "'shape': (2, 3, 1, 1,), }", data: data), file: "k") == expected)
        let fortran = npy("{'shape': (2, 3), \"descr\": \"<f4\", 'fortran_order': True}", data: bytes([1, 4, 2, 5, 3, 5] as [Float]))
        #expect(try KernelFile.decode(fortran, file: "k") == expected)
        let bigEndian = values.map { Float($0).bitPattern.bigEndian }
        let big = npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3)}", data: bytes(bigEndian))
        #expect(try KernelFile.decode(big, file: "k") == expected)
        let row = try KernelFile.decode(npy(type + "'shape': (1, 6)}", data: data), file: "k")
        #expect(row.height == 1 && row.width == 6)
    }

    @Test func readsJSONVariants() throws {
        let expected = try BlurKernel(height: 2, width: 2, values: [1, 2, 3, 2], normalize: true)
        for text in [
            "[[1, 2], [3, 2]]", #"{"values": [1, 2, 3, 2], "size": [2, 2]}"#, #"{"values": [1, 2, 3, 2], "size": 2}"#,
            #"{"height": 2, "width": 2, "values": [1, 2, 3, 2]}"#, #"{"values": [[1, 2], [3, 2]]}"#, #"{"values": [1, 2, 3, 2]}"#,
            #"{"version": 1, "kernel": {"source": "estimated", "size": 2, "values": [1e0, 2, 3, 2.0], "confidence": null}}"#,
        ] {
            #expect(try decode(text) == expected, "\(text)")
        }
    }

    @Test(arguments: [
        ("", "it is empty"), ("hello", "it is neither .npy nor JSON"), ("[[1, 2], [3]]", "its rows differ in length"),
        ("[1, 2, 3]", "it is neither an array of rows of numbers nor an object"), ("{}", "it has no array of numbers named values"),
        (#"{"values": [1, 2, 3]}"#, "its size is not stated"),
        (#"{"values": [1, 2, 3], "size": 2}"#, "4 values are needed and 3 are there"),
        (#"{"values": [1], "size": [1, 1, 1]}"#, "its size is not stated"),
        (#"{"values": [true, 2], "size": [1, 2]}"#, "it has no array of numbers named values"),
        (#"{"values": [1], "size": 1234567890123}"#, "its size is 1234567890123×1234567890123, allowed are 1×1 to 101×101"),
        ("[]", "its size is 0×0, allowed are 1×1 to 101×101"),
        ("[[0, 0]]", "no value is positive"), ("[[1, -1]]", "too much of it is negative"),
        ("[[1e300]]", "a value is not a finite number"), (#"{"error": {"code": 66}}"#, "it has no array of numbers named values"),
    ])
    func refusesOtherText(text: String, reason: String) {
        #expect(throws: KernelFileError.notAKernel(file: "k.json", reason: reason)) { try decode(text) }
    }

    @Test func refusesOtherArrays() {
        func reason(_ bytes: [UInt8]) -> String? {
            do throws(KernelFileError) {
                _ = try KernelFile.decode(bytes, file: "x.npy")
                return nil
            } catch {
                return error.description
            }
        }
        func header(_ type: String, _ shape: String) -> String { "{'descr': \(type), 'fortran_order': False, 'shape': \(shape)}" }
        let nine = bytes([Float](repeating: 1, count: 9))
        #expect(reason(npy(header("'<f4'", "(3, 3)"), data: nine)) == nil)
        #expect(
            reason(npy(header("'<i4'", "(3, 3)"), data: nine))
                == "x.npy: this is not a blur kernel (its numbers are of type <i4, f4 or f8 is needed).")
        #expect(reason(npy(header("'<f4'", "(9,)"), data: nine))?.contains("two axes are needed") == true)
        #expect(reason(npy(header("'<f4'", "(1, 3, 3, 2)"), data: nine))?.contains("two axes are needed") == true)
        #expect(reason(npy(header("'<f4'", "(3, 4)"), data: nine))?.contains("36 bytes of numbers instead of 48") == true)
        #expect(reason(npy(header("'<f4'", "(9999999999, 9999999999)"), data: nine))?.contains("allowed are") == true)
        #expect(reason(npy(header("'<f4'", "(99999999999999999999, 3)"), data: nine))?.contains("damaged") == true)
        #expect(reason(npy(header("[('a', '<f4')]", "(3, 3)"), data: nine))?.contains("damaged") == true)
        #expect(reason(npy("{'descr': '<f4'}", data: nine))?.contains("damaged") == true)
        #expect(reason(npy(header("'<f4'", "(3, 3)"), version: 9, data: nine))?.contains("version") == true)
        #expect(reason(NumpyFile.magic)?.contains("not an .npy file") == true)
        #expect(reason([UInt8](repeating: 32, count: 1 << 21))?.contains("larger than 1 MiB") == true)
    }

    @Test func missingFilesAndFoldersAreErrors() {
        #expect(throws: KernelFileError.cannotRead(file: "/nowhere/k.npy", reason: "no such file or directory")) {
            try KernelFile.read("/nowhere/k.npy")
        }
        #expect(throws: KernelFileError.self) { try KernelFile.read(NSTemporaryDirectory()) }
        #expect(throws: KernelFileError.unknownFormat(file: "k.png")) { try KernelFile.write(kernel, to: "k.png") }
        #expect(throws: KernelFileError.self) { try KernelFile.write(kernel, to: "/nowhere/k.npy") }
    }

    /// Damaged files are refused or read; they never crash.
    @Test func survivesMutations() throws {
        let seeds = [
            NumpyFile.encode(height: 3, width: 3, values: [1, 2, 3, 4, 5, 6, 7, 8, 9]),
            npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2, 2)}", version: 3, data: bytes([1.0, 2, 3, 4])),
            Array(#"{"kernel": {"size": [2, 2], "values": [0.1, 2e-1, 0.3, 0.4]}}"#.utf8), Array("[[1, 2], [3.5, 4]]".utf8),
        ]
        var random = CounterRandom(seed: 6, index: 0)
        var refused = 0
        for round in 0..<6000 {
            var bytes = seeds[round % seeds.count]
            if round % 5 == 0 {
                bytes.removeLast(1 + random.integer(below: bytes.count))
            } else {
                for _ in 0...random.integer(below: 3) {
                    let place = random.integer(below: min(bytes.count, random.integer(below: 2) == 0 ? 90 : .max))
                    bytes[place] = UInt8(random.integer(below: 256))
                }
            }
            do throws(KernelFileError) {
                let kernel = try KernelFile.decode(bytes, file: "mutated")
                #expect(abs(kernel.sum - 1) < 1e-4)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 2000)
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: KernelFileError.self) { try KernelFile.decode(deep, file: "deep") }
        let nested = String(repeating: #"{"kernel":"#, count: 20000)
        #expect(throws: KernelFileError.self) { try decode(nested) }
        #expect(throws: KernelFileError.self) { try decode(nested + "1" + String(repeating: "}", count: 20000)) }
    }
}
