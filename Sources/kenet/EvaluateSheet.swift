import ArgumentParser
import BlindSR
import Evaluation
import Foundation
import Imaging
import Pixels
import TrainingCommands

/// `kenet evaluate sheet`: what several methods make of one photo, side by side, as in the paper's Figures 2 and 3.
struct EvaluateSheet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet", abstract: "Show what several methods make of one photo, side by side.",
        discussion: """
              kenet evaluate sheet chip.png --scale 4 -o figure3.png
              kenet evaluate sheet img005.png --degrade --crop 400,300,160,160 -o figure2.png

            The first shows the photo itself enlarged, then each method. With --degrade the photo is an HR image: it is degraded first as in the \
            tables, and shown at the end.
            """)

    @Argument(help: ArgumentHelp("The photo.", valueName: "photo"))
    var photo: String

    @Option(name: .shortAndLong, help: "The picture that is written.")
    var output: String

    @OptionGroup var scaleOption: ScaleOption

    @Option(help: ArgumentHelp("With commas between them.", valueName: "list"))
    var methods = "bicubic-aligned,kenet+usrnet-tiny"

    @Flag(help: "Degrade the photo first.")
    var degrade = false

    @Option(help: "Of the random blur of --degrade.")
    var seed: UInt64 = 0

    @Option(help: ArgumentHelp("The part of the result that is shown, in its pixels.", valueName: "x,y,w,h"))
    var crop: String?

    @OptionGroup var engine: EngineOptions

    @Flag(help: "Replace an output that exists.")
    var force = false

    @Flag(name: .shortAndLong, help: "Tell only of warnings and errors.")
    var quiet = false

    func run() throws {
        let console = Console(isQuiet: quiet)
        try PhotoJob(input: photo, output: output).check(outputs: [output], inputs: [photo], overwrite: force)
        let names = methods.split(separator: ",").map(String.init)
        try EvaluationPlan.checkKnown(names)
        let image = try ImageFile.read(photo).image
        let sheet = try ComparisonSheet(
            image, scale: scaleOption.scale, degradedWith: degrade ? Draws(count: 1, seed: seed) : nil,
            name: ((photo as NSString).lastPathComponent as NSString).deletingPathExtension,
            methods: names.map { (name) throws(EvaluationError) in try MethodName(parsing: name) }, store: .ofThisProcess(),
            device: engine.prepare(), progress: { try Interruption.check() })
        do { try ImageFile.write(sheet.render(part: part(of: sheet)), to: output, overwrite: force) } catch { throw Failure.writing(error) }
        console.note("\(sheet.captions.joined(separator: " | "))  → \(Console.printable(output))")
    }

    private func part(of sheet: ComparisonSheet) throws -> Rectangle? {
        guard let crop else { return nil }
        let numbers = crop.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 4, let x = numbers[0], let y = numbers[1], let width = numbers[2], let height = numbers[3],
            x >= 0, y >= 0, width > 0, height > 0, x <= sheet.width - width, y <= sheet.height - height
        else { throw Failure(.usage, "--crop takes x,y,width,height inside the result of \(sheet.width)×\(sheet.height)") }
        return Rectangle(x: x, y: y, width: width, height: height)
    }
}
