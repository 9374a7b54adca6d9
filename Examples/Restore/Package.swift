// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "restore",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "kenet", path: "../..")],
    targets: [
        .executableTarget(
            name: "restore",
            dependencies: [.product(name: "BlindSR", package: "kenet"), .product(name: "Imaging", package: "kenet")])
    ],
    swiftLanguageModes: [.v6]
)
