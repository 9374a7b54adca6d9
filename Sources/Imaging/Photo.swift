import Pixels

/// A photo with everything that its file carries: the pixels, upright, and what is said about them.
public struct Photo: Sendable {
    /// The colours, grey or RGB, in the photo's own colour space, values in 0…1. Where the photo is fully transparent, colour from around
    /// the place, not what the file hides there.
    public var colour: Image
    /// The opacity, one channel of the same size, 1 is opaque; nil for a photo without transparency.
    public var alpha: Image?
    /// Bits per sample in the file, 8 or 16.
    public var bitsPerSample: Int
    /// Colour profile, density, EXIF, XMP and IPTC.
    public var metadata: PhotoMetadata
    /// The format of the file; nil for a photo that comes from none.
    public let format: ImageFormat?
    /// What of the file is not in this value, each in half a sentence for a person.
    public let warnings: [String]

    /// A picture that carries nothing, with 8 bits per sample.
    public init(_ image: Image) {
        self.init(colour: image, alpha: nil, bitsPerSample: 8, metadata: PhotoMetadata(), format: nil, warnings: [])
    }

    init(colour: Image, alpha: Image?, bitsPerSample: Int, metadata: PhotoMetadata, format: ImageFormat?, warnings: [String]) {
        self.colour = colour
        self.alpha = alpha
        self.bitsPerSample = bitsPerSample
        self.metadata = metadata
        self.format = format
        self.warnings = warnings
    }

    /// The picture as it looks: transparency laid onto white.
    public var image: Image {
        guard let alpha else { return colour }
        var image = colour
        let plane = alpha.samples.count
        for channel in 0..<image.channels {
            for i in 0..<plane {
                let opacity = alpha.samples[i]
                image.samples[channel * plane + i] = opacity * image.samples[channel * plane + i] + (1 - opacity)
            }
        }
        return image
    }

    /// The photo with `result` in the place of its colours: what was restored from them, `scale` times as wide and high and on the model's
    /// grid. The opacity is enlarged onto the same grid.
    public func finished(_ result: Image, scale: Int) -> Photo {
        precondition(
            result.width == colour.width * scale && result.height == colour.height * scale, "a result has the photo's size times the scale")
        var photo = self
        photo.colour = result
        photo.alpha = alpha?.enlargedOnModelGrid(scale: scale).clipped()
        return photo
    }

    /// The photo resampled to a size; see ``Pixels/Image/resampledOnModelGrid(width:height:)``.
    public func resampled(width: Int, height: Int) -> Photo {
        guard width != colour.width || height != colour.height else { return self }
        var photo = self
        photo.colour = colour.resampledOnModelGrid(width: width, height: height)
        photo.alpha = alpha?.resampledOnModelGrid(width: width, height: height).clipped()
        return photo
    }

    /// The part of the photo inside a rectangle, which lies inside it.
    public func cropped(_ rectangle: Rectangle) -> Photo {
        var photo = self
        photo.colour = colour.cropped(rectangle)
        photo.alpha = alpha?.cropped(rectangle)
        return photo
    }

    /// What a format cannot hold of the photo, each in half a sentence for a person.
    public func losses(in format: ImageFormat) -> [String] {
        var losses: [String] = []
        if alpha != nil, !format.holdsAlpha { losses.append("\(format.name) knows no transparency, which is laid onto white") }
        if bitsPerSample == 16, !format.holdsDepth { losses.append("\(format.name) holds 8 of its 16 bits") }
        return losses + metadata.losses(in: format)
    }
}

extension Image {
    /// Every sample moved into 0…1.
    func clipped() -> Image {
        var image = self
        for i in image.samples.indices { image.samples[i] = min(max(image.samples[i], 0), 1) }
        return image
    }
}
