// Makes a photo small and soft by a known blur, estimates the blur, restores the photo, and says how near it came. Ctrl-C ends it.
//
//     swift run -c release restore [PHOTO [RESULT]]
import BlindSR
import Foundation
import Imaging

let arguments = Array(CommandLine.arguments.dropFirst())
let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../../photos/singaporean-cityscape.png"

func restore() async throws {
    let store = try ModelStore(environment: ProcessInfo.processInfo.environment, executable: CommandLine.arguments[0])
    let restorer = try await Restorer(scale: 2, names: ["clean"], store: store)

    let sharp = try ImageFile.read(arguments.first ?? shipped).image.cropped(toMultipleOf: 2)
    let blur = try GaussianParameters(checking: 2.5, 0.8, degrees: 30).kernel(size: BlurKernel.defaultSize(scale: 2))
    let small = try await restorer.degrade(sharp, by: blur)
    print("\(sharp.width)×\(sharp.height) → \(small.width)×\(small.height), blurred")

    let estimate = try await restorer.estimateKernel(small)
    let found = GaussianParameters.fit(to: estimate.kernel)
    print(String(format: "kernel: %.2f, %.2f px² at %.0f°; true are 2.5, 0.8 at 30°", found.variance1, found.variance2, found.degrees))
    print(String(format: "kernel PSNR: %.1f dB", estimate.kernel.kernelPSNR(to: blur)))

    // The degraded photo was made as if it went on around its borders.
    let options = UpscalingOptions(restoration: .init(border: .circular))
    let (result, _) = try await restorer.upscale(small, options: options) { stage, part in
        if stage == .restoring { print("restored: \(Int(part * 100)) %") }
    }
    let bicubic = small.enlargedOnModelGrid(scale: 2).rounded8Bit()
    let (before, after) = (ImageQuality.psnrY(bicubic, sharp), ImageQuality.psnrY(result.rounded8Bit(), sharp))
    print(String(format: "PSNR: %.2f dB, bicubic interpolation %.2f dB", after, before))
    if arguments.count > 1 { try ImageFile.write(result, to: arguments[1], overwrite: true) }
}

let work = Task { try await restore() }
signal(SIGINT, SIG_IGN)
let interrupts = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
interrupts.setEventHandler { work.cancel() }
interrupts.resume()

do { try await work.value } catch is CancellationError {
    print("interrupted")
    exit(130)
} catch {
    print("\(error)")
    exit(1)
}
