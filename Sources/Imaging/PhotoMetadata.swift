import CVips

/// What a photo's file carries beside its pixels: colour profile, density, EXIF, XMP, IPTC, comments.
///
/// The EXIF thumbnail, the orientation and old sizes are no part of it: they would be wrong for what is written.
public struct PhotoMetadata: Sendable, Equatable {
    private enum Value: Sendable, Equatable {
        case text(String)
        case blob([UInt8])

        var count: Int {
            switch self {
            case .text(let text): text.utf8.count
            case .blob(let bytes): bytes.count
            }
        }
    }

    /// libvips's names.
    private enum Name {
        static let profile = "icc-profile-data"
        static let exif = "exif-data"
        static let xmp = "xmp-data"
        static let iptc = "iptc-data"
        static let photoshop = "photoshop-data"
        static let unit = "resolution-unit"
    }

    /// Larger fields are left out; ordinary ones are a hundred times smaller.
    private static let largestField = 8 << 20
    /// A JPEG segment less its header.
    private static let largestJPEGField = 65_000

    private var fields: [String: Value] = [:]
    /// Pixels per millimetre; 72 per inch where the file does not say.
    private(set) var density = (horizontal: 72 / 25.4, vertical: 72 / 25.4)

    public init() {}

    public static func == (a: PhotoMetadata, b: PhotoMetadata) -> Bool { a.fields == b.fields && a.density == b.density }

    /// The ICC profile that says what the pixels' numbers mean; nil is sRGB.
    public var profile: [UInt8]? { blob(Name.profile) }

    // MARK: - Reading

    /// What an opened image carries, and half a sentence for each thing that is left out.
    static func read(_ opened: OpaquePointer, _ header: CVipsHeader) -> (PhotoMetadata, warnings: [String]) {
        var metadata = PhotoMetadata()
        var warnings: [String] = []
        withUnsafeMutablePointer(to: &metadata) { metadata in
            cvips_fields(
                opened,
                { context, name, isText, bytes, count in
                    let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
                    context.assumingMemoryBound(to: PhotoMetadata.self).pointee.take(
                        String(cString: name), isText != 0 ? .text(String(decoding: bytes, as: UTF8.self)) : .blob([UInt8](bytes)))
                }, metadata)
        }
        for (name, value) in metadata.fields where value.count > largestField {
            metadata.fields[name] = nil
            warnings.append("its \(name) has \(value.count) bytes and is left out")
        }
        if header.is_converted != 0 {
            metadata.fields[Name.profile] = nil
            warnings.append("its print colours are converted to sRGB")
        } else if let profile = metadata.profile {
            let whole = ColourProfile(profile, channels: Int(header.channels))
            metadata.fields[Name.profile] = whole.map { .blob($0.bytes) }
            if whole == nil { warnings.append("its colour profile is not one for its pixels and is left out") }
        }
        // What libvips says where the file says nothing.
        let (horizontal, vertical) = (header.horizontal_density, header.vertical_density)
        if horizontal.isFinite, vertical.isFinite, horizontal > 0, vertical > 0, horizontal != 1 || vertical != 1 {
            metadata.density = (horizontal, vertical)
        }
        return (metadata, warnings)
    }

    private mutating func take(_ name: String, _ value: Value) {
        switch name {
        case Name.profile, Name.xmp, Name.iptc, Name.photoshop, Name.unit: fields[name] = value
        case Name.exif:
            // libvips would keep the thumbnail; data that cannot be read are no use to anybody.
            guard case .blob(let bytes) = value, var directory = TIFFDirectory(bytes) else { return }
            directory.end()
            directory.set(.orientation, to: 1)
            fields[name] = .blob(directory.bytes)
        case _ where name.hasPrefix("png-comment-"): fields[name] = value
        // HEIF's boxes of any type; XMP is one of them.
        case _ where name.hasPrefix("heif-mime-"):
            if case .blob(let bytes) = value, XMPPacket.isXMP(bytes) { fields[Name.xmp] = value }
        default: break
        }
    }

    private func blob(_ name: String) -> [UInt8]? {
        if case .blob(let bytes)? = fields[name] { bytes } else { nil }
    }

    /// Of a photo that is turned by a quarter: the densities change places.
    mutating func turn() {
        density = (density.vertical, density.horizontal)
        guard let exif = blob(Name.exif), var directory = TIFFDirectory(exif) else { return }
        directory.exchange(.horizontalResolution, .verticalResolution)
        fields[Name.exif] = .blob(directory.bytes)
    }

    // MARK: - Writing

    /// What goes into a file of one format, with the sizes of what is written.
    func prepared(width: Int, height: Int, channels: Int, format: ImageFormat, strips: Bool) -> PhotoMetadata {
        var prepared = self
        if channels == 1, !format.holdsGrey { prepared.fields[Name.profile] = nil }
        if strips {
            prepared.fields = prepared.fields.filter { $0.key == Name.profile || $0.key == Name.unit }
            return prepared
        }
        if let xmp = blob(Name.xmp) {
            prepared.fields[Name.xmp] = .blob(XMPPacket(xmp).described(width: width, height: height).bytes)
        }
        // The sizes in EXIF's own directory are libvips's to write.
        if let exif = blob(Name.exif), var directory = TIFFDirectory(exif) {
            directory.set(.imageWidth, to: width)
            directory.set(.imageLength, to: height)
            prepared.fields[Name.exif] = .blob(directory.bytes)
        }
        let resources = PhotoshopResources(photoshop: blob(Name.photoshop), iptc: blob(Name.iptc))
        prepared.fields[Name.iptc] = format == .tiff ? nil : resources.segment.map(Value.blob)
        prepared.fields[Name.photoshop] = format == .tiff ? resources.blocks.map(Value.blob) : nil
        if format == .jpeg {
            for name in [Name.xmp, Name.iptc, Name.exif] where (prepared.fields[name]?.count ?? 0) > Self.largestJPEGField {
                prepared.fields[name] = nil
            }
        }
        return prepared
    }

    /// What a format has no place for, each in half a sentence.
    func losses(in format: ImageFormat) -> [String] {
        var losses: [String] = []
        let hasIPTC = fields[Name.iptc] != nil || fields[Name.photoshop] != nil
        if hasIPTC, format != .jpeg, format != .tiff { losses.append("\(format.name) has no place for its IPTC data") }
        if fields[Name.exif] != nil, format == .tiff { losses.append("its EXIF data are not written to TIFF") }
        if let profile, ColourProfile.isGrey(profile), !format.holdsGrey {
            losses.append("\(format.name) has no place for the profile of a grey photo")
        }
        if format == .jpeg {
            for (name, words) in [(Name.exif, "EXIF"), (Name.xmp, "XMP"), (Name.iptc, "IPTC")]
            where (fields[name]?.count ?? 0) > Self.largestJPEGField {
                losses.append("its \(words) data are too large for JPEG")
            }
        }
        return losses
    }

    /// Sets all fields on an image that is going to be saved.
    func write(to image: OpaquePointer) {
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .text(let text): cvips_set_text(image, name, text)
            case .blob(let bytes): bytes.withUnsafeBytes { cvips_set_blob(image, name, $0.baseAddress!, $0.count) }
            }
        }
    }
}
