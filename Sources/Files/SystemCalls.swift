import Foundation

/// What the operating system says of an error number, as a part of a sentence: "no space left on device".
public func systemMessage(_ number: Int32 = errno) -> String {
    String(cString: strerror(number)).lowercased()
}

/// Writes all bytes, however many steps it takes.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(AtomicFileError) {
    var written = 0
    while written < bytes.count {
        let step = Foundation.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
        if step < 0, errno == EINTR { continue }
        guard step > 0 else {
            throw .cannotWrite(path: path, reason: step == 0 ? "nothing more could be written" : systemMessage())
        }
        written += step
    }
}

func folder(of path: String) -> String {
    let folder = path.folderPath
    return folder.isEmpty ? "." : folder
}

func temporaryPath(beside path: String) -> String { folder(of: path) + "/.kenet-\(UUID().uuidString)" }

func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
}
