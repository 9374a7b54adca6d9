/// What the paper's tables say, to stand beside our own figures.
public enum PaperFigures {
    /// One cell of the paper.
    public struct Figure: Sendable, Equatable {
        public let psnr: Double
        /// SSIM as the paper prints it, "8571" for 0.8571.
        public let ssim: String
        /// Where the table has it, in dB.
        public var kernelPSNR: Double?

        /// "28.54/.8571", with the kernel PSNR where there is one.
        public var text: String {
            let kernel = kernelPSNR.map { ", kernel \(Self.twoDigits($0))" } ?? ""
            return "\(Self.twoDigits(psnr))/.\(ssim)\(kernel)"
        }

        private static func twoDigits(_ value: Double) -> String {
            let hundredths = Int((value * 100).rounded())
            return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        }
    }

    /// Why some of the paper's rows must not be beaten by a comparison.
    public static let note = """
        The paper's rows of bicubic, RCAN, KernelGAN+ZSSR, DAN and MZSR come from results that lie (s − 1)/2 HR pixels off the degradation's grid. That \
        costs them about 0.6 dB at ×2 and up to 3 dB at ×4: a win over a misaligned row is no win. The row bicubic-aligned is the same interpolation on the \
        right grid.
        """

    /// The paper's figure for a cell; nil where it has none.
    public static func figure(dataset: String, scale: Int, method: String) -> Figure? {
        if let own = others["\(method) \(dataset) ×\(scale)"] { return own }
        guard let row = table1[method], let column = columns.firstIndex(where: { $0 == (dataset, scale) }) else { return nil }
        let cell = row.split(separator: " ")[column].split(separator: "/")
        return Double(cell[0]).map { Figure(psnr: $0, ssim: String(cell[1])) }
    }

    private static let columns = [
        ("Set5", 2), ("Set14", 2), ("BSD100", 2), ("Urban100", 2), ("Set5", 4), ("Set14", 4), ("BSD100", 4), ("Urban100", 4),
    ]

    /// Table 1, PSNR/SSIM of the columns above.
    private static let table1 = [
        "bicubic": "28.54/8571 26.41/7691 26.32/7156 23.74/7205 24.29/7261 23.15/6231 23.79/5979 21.03/5806",
        "rcan": "28.71/8713 26.49/7835 26.58/7386 23.97/7462 23.70/7329 22.37/6185 22.71/5836 19.22/5333",
        "kernelgan+zssr": "25.19/7693 24.62/7430 25.45/7411 22.98/7414 17.31/4388 17.19/4151 17.34/3879 15.96/4075",
        "dan": "29.39/8880 27.18/8153 27.31/7883 24.84/8025 28.46/8475 26.10/7380 25.85/6975 23.22/764",
        "mzsr": "27.96/8509 27.78/8131 27.49/8097 25.79/8210 28.79/8543 26.59/7455 26.15/7086 23.98/7297",
        "kenet+usrnet-tiny": "36.06/9503 32.11/8978 31.27/8789 29.15/8889 31.23/8835 27.81/7705 27.04/7224 25.18/7650",
        "gt+usrnet-tiny": "36.37/9514 32.56/9021 31.47/8824 30.13/9023 31.35/8851 27.90/7735 27.11/7260 25.32/7682",
    ]

    /// Tables 2 and 3, as far as they say more than Table 1.
    private static let others = [
        "kenet:l1+usrnet-tiny BSD100 ×2": Figure(psnr: 31.20, ssim: "8757", kernelPSNR: 59.52),
        "kenet:l1+usrnet-tiny BSD100 ×4": Figure(psnr: 26.95, ssim: "7265", kernelPSNR: 46.11),
        "kenet+usrnet-tiny BSD100 ×2": Figure(psnr: 31.27, ssim: "8789", kernelPSNR: 61.51),
        "kenet+usrnet-tiny BSD100 ×4": Figure(psnr: 27.04, ssim: "7224", kernelPSNR: 57.36),
        "kernelgan+usrnet-tiny Set5 ×2": Figure(psnr: 20.35, ssim: "6237", kernelPSNR: 35.48),
        "dipfkp+usrnet-tiny Set5 ×2": Figure(psnr: 28.27, ssim: "8801", kernelPSNR: 37.46),
        "kenet+usrnet-tiny Set5 ×2": Figure(psnr: 36.06, ssim: "9503", kernelPSNR: 51.04),
    ]
}

extension EvaluationReport {
    /// The paper's figure for a cell; nil where it has none, and everywhere where the images were not degraded as in the paper.
    func paperFigure(dataset: String, scale: Int, method: String) -> PaperFigures.Figure? {
        guard settings.corruption == nil, !items.contains(where: { $0.kernel != nil }) else { return nil }
        return PaperFigures.figure(dataset: dataset, scale: scale, method: method)
    }

    /// Whether the paper has a figure for one of the rows.
    var hasPaperFigures: Bool { rows.contains { paperFigure(dataset: $0.dataset, scale: $0.scale, method: $0.method) != nil } }
}
