import Foundation

/// The streams that every process has, which may be closed or full.
public enum StandardStream {
    /// Writes all of a text; false where the stream takes no more.
    @discardableResult
    public static func write(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let step = Foundation.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                if step < 0, errno == EINTR { continue }
                guard step > 0 else { return false }
                written += step
            }
            return true
        }
    }
}
