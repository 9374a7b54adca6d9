import ArgumentParser

/// `kenet train` and the whole of `kenet-train`.
public struct TrainCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a network.",
        discussion: """
            A run lives in a folder: log.jsonl, curve.svg, checkpoint.safetensors and weights.safetensors. Ctrl-C saves and leaves; \
            --resume goes on where it stopped, bit by bit the same on a CPU with the same number of threads.
            """,
        subcommands: [
            TrainKENet.self, TrainSpectrum.self, TrainUSRNet.self, TrainWiener.self, TrainRCAN.self, TrainSRMD.self, TrainDAN.self,
            TrainFKP.self, TrainMZSR.self,
        ])

    public init() {}
}
