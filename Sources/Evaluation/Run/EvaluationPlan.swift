import BlindSR

/// What is to be evaluated: every method on every image of every set, at every scale, under every draw.
public struct EvaluationPlan: Sendable {
    public let sets: [ImageSet]
    public let scales: [Int]
    public let methods: [MethodName]
    public let draws: Draws
    /// What happens to LR images after the blur; nil for rounding to 8 bit alone.
    public let corruption: NoiseAndCompression?
    public let shard: Shard
    /// In the order of sets, scales, images and draws.
    let places: [Place]

    /// An image under one draw.
    struct Place: Sendable {
        let set: Int
        let scale: Int
        let image: String
        let draw: Int
        /// Nil where the set brings its own kernels.
        let blur: NamedKernel?
        /// How much work it is, in bytes of the HR file.
        let weight: Double
    }

    /// Lists the images. Throws ``EvaluationError``.
    public init(
        sets: [ImageSet], scales: [Int], methods: [MethodName], draws: Draws, corruption: NoiseAndCompression? = nil,
        shard: Shard = .whole
    ) throws(EvaluationError) {
        var names: Set<String> = []
        for set in sets where !names.insert(set.name).inserted { throw .sameName(set.name) }
        self.sets = sets
        self.scales = scales
        self.methods = methods
        self.draws = draws
        self.corruption = corruption
        self.shard = shard
        var places: [Place] = []
        for (index, set) in sets.enumerated() {
            for scale in scales {
                for image in try set.images(scale: scale) {
                    let weight = set.weight(of: image, scale: scale)
                    let blurs: [NamedKernel?] =
                        if case .triples = set.content { [nil] } else { draws.kernels(of: image, set: set.name, scale: scale) }
                    for (draw, blur) in blurs.enumerated() {
                        places.append(Place(set: index, scale: scale, image: image, draw: draw, blur: blur, weight: weight))
                    }
                }
            }
        }
        self.places = places
    }

    /// Reads a place's image and degrades it. Throws as ``ImageSet/testCase(_:scale:kernel:)``.
    func testCase(_ place: Place) throws -> TestCase {
        let test = try sets[place.set].testCase(place.image, scale: place.scale, kernel: place.blur?.kernel)
        guard let corruption else { return test }
        return test.replacing(lr: try corruption(test.lr, draws.noise(of: place.image, draw: place.draw)))
    }

    /// The key of a place's item for a method.
    func key(_ place: Place, _ method: MethodName) -> EvaluationItem.Key {
        EvaluationItem.Key(
            dataset: sets[place.set].name, scale: place.scale, method: "\(method)", image: place.image, draw: place.draw)
    }
}
