import ArgumentParser
import BlindSR
import Training

struct TrainKENet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kenet", abstract: "Train the kernel estimation network.",
        discussion: "Validation: kernel PSNR in dB on 128 fixed crops of photos that are set aside (mean, median, mean of the worst tenth)."
    )

    enum RecipeName: String, ExpressibleByArgument, CaseIterable {
        case improved, paper
    }

    @Option(help: "1 to 4.")
    var scale = 2

    @Option(help: "improved: warm-up, cosine decay, clipping, photos varied in sharpness. paper: as published, from a rate of 1e-2.")
    var recipe = RecipeName.improved

    @Option(help: "attention and l1 are the paper's; reconstruction is its Eq. 2.")
    var loss: KernelLoss?

    @Option(help: ArgumentHelp("Channels of the first stage; the paper: 64.", valueName: "n"))
    var width: Int?

    @Option(help: ArgumentHelp("Side of the LR crops; the paper: 96.", valueName: "pixels"))
    var side: Int?

    @Flag(
        help:
            "Work in float32 throughout: slower where the CPU multiplies bfloat16, and with the same losses by several processes as by one."
    )
    var fullPrecision = false

    @OptionGroup var options: RunOptions

    func validate() throws {
        guard (1...4).contains(scale) else { throw ValidationError("--scale must be 1 to 4.") }
        if let width, !(1...512).contains(width) { throw ValidationError("--width must be 1 to 512.") }
        if let side, !(16...512).contains(side) { throw ValidationError("--side must be 16 to 512.") }
    }

    func run() throws {
        var chosen: KENetTask.Recipe = recipe == .paper ? .paper(scale: scale) : .improved(scale: scale)
        if let loss { chosen.loss = loss }
        if let width { chosen.width = width }
        if let side { chosen.side = side }
        if fullPrecision { chosen.reducedPrecision = false }
        try options.apply(to: &chosen.schedule)
        try options.run(chosen.schedule) { pack, device in try KENetTask(chosen, pack: pack, device: device) }
    }
}

extension KernelLoss: ExpressibleByArgument {}
