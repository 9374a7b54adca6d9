import Files

/// Image files that appear whole or not at all.
enum OutputFile {
    /// Refuses what will not be writable.
    ///
    /// - Throws: `exists`, `cannotWrite`.
    static func check(_ path: String, overwrite: Bool) throws(ImagingError) {
        do { try AtomicFile.check(path, replacing: overwrite) } catch { throw ImagingError(error) }
    }

    /// Lets `body` fill the file.
    ///
    /// - Throws: as `check`, and what `body` throws.
    static func write(_ path: String, overwrite: Bool, _ body: (Int32) throws(ImagingError) -> Void) throws(ImagingError) {
        let file: AtomicFile
        do { file = try AtomicFile(path, replacing: overwrite) } catch { throw ImagingError(error) }
        try body(file.descriptor)
        do { try file.finish() } catch { throw ImagingError(error) }
    }
}
