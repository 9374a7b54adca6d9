// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// Where LibTorch is: `LIBTORCH`, else what `make bootstrap` put into `.deps/torch`. Nothing else is looked at.
let libtorch = ProcessInfo.processInfo.environment["LIBTORCH"] ?? Context.packageDirectory + "/.deps/torch"

let torchHeaders: [CXXSetting] = [
    .unsafeFlags(["-I\(libtorch)/include", "-I\(libtorch)/include/torch/csrc/api/include"])
]

/// What is linked against the library, here or in a package that depends on this one, finds LibTorch beside itself when installed, else
/// where it was at build time.
let torchLibraries: [LinkerSetting] = [
    .unsafeFlags([
        "-L\(libtorch)/lib", "-Xlinker", "--no-as-needed",
        "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/kenet", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib",
    ]),
    .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "kenet",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "BlindSR", targets: ["BlindSR"]),
        .library(name: "Imaging", targets: ["Imaging"]),
        .library(name: "Evaluation", targets: ["Evaluation"]),
        .executable(name: "kenet", targets: ["kenet"]),
        .executable(name: "kenet-train", targets: ["kenet-train"]),
    ],
    traits: [.trait(name: "MPI", description: "Training by several processes, started by mpirun or srun; needs Open MPI.")],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        .target(name: "Files"),
        .target(name: "CTorch", cxxSettings: torchHeaders, linkerSettings: torchLibraries),
        .target(name: "CWaitPolicy"),
        .target(name: "Torch", dependencies: ["CTorch"]),
        .target(name: "NeuralNetworks", dependencies: ["Files", "Torch"]),
        .target(name: "Pixels"),
        .systemLibrary(name: "CVipsLibrary", pkgConfig: "vips", providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
        .target(name: "CVips", dependencies: ["CVipsLibrary"]),
        .target(name: "Imaging", dependencies: ["CVips", "Files", "Pixels"]),
        .systemLibrary(name: "CMatio", pkgConfig: "matio", providers: [.apt(["libmatio-dev"]), .brew(["libmatio"])]),
        .target(name: "BlindSR", dependencies: ["Files", "NeuralNetworks", "Pixels"]),
        .target(name: "Training", dependencies: ["BlindSR", "Files"]),
        .systemLibrary(
            name: "CMPILibrary", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev", "openmpi-bin"]), .brew(["open-mpi"])]),
        .target(
            name: "CMPI", dependencies: [.target(name: "CMPILibrary", condition: .when(traits: ["MPI"]))],
            cSettings: [.define("KENET_MPI", .when(traits: ["MPI"]))]),
        .target(
            name: "TrainingCommands",
            dependencies: ["Training", argumentParser, .target(name: "CMPI", condition: .when(traits: ["MPI"]))]),
        .target(name: "Evaluation", dependencies: ["BlindSR", "CMatio", "Files", "Imaging"]),
        .target(
            name: "Serving",
            dependencies: [
                "BlindSR", "Files", "Imaging", .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ],
            resources: ["index.html", "page.css", "page.js", "session.js", "viewer.js", "kernel.js", "openapi.yaml"].map {
                .embedInCode("Page/\($0)")
            }),
        .executableTarget(
            name: "kenet",
            dependencies: [
                "BlindSR", "CWaitPolicy", "Evaluation", "Files", "Imaging", "Serving", "Training", "TrainingCommands", argumentParser,
            ]),
        .executableTarget(name: "kenet-train", dependencies: ["CWaitPolicy", "TrainingCommands", argumentParser]),
        .executableTarget(name: "kenet-bench", dependencies: ["BlindSR", "CWaitPolicy", "Imaging"], path: "Benchmarks/kenet-bench"),
        .target(name: "Fixtures", dependencies: ["NeuralNetworks", "Pixels"], path: "Tests/Fixtures", exclude: ["Data", "Tools"]),
        .testTarget(name: "FilesTests", dependencies: ["Files"]),
        .testTarget(name: "TorchTests", dependencies: ["Files", "NeuralNetworks", "Fixtures"]),
        .testTarget(name: "PixelsTests", dependencies: ["Pixels", "Fixtures"]),
        .testTarget(name: "ImagingTests", dependencies: ["Imaging"]),
        .testTarget(name: "BlindSRTests", dependencies: ["BlindSR", "Imaging", "Fixtures"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "Imaging", "Fixtures"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "Imaging", "Fixtures"]),
        .testTarget(name: "ServingTests", dependencies: ["Serving", "Imaging", "Fixtures"]),
        .testTarget(name: "CommandTests", dependencies: ["BlindSR", "Imaging", "Fixtures"]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
