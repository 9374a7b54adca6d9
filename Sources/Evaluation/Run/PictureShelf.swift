import Files
import Foundation
import NeuralNetworks

/// The pictures of the worst items of each row, one file each.
struct PictureShelf {
    /// How many of each row.
    private static let depth = 4

    let folder: String

    /// What is compared: the worst items are those of the lowest PSNR-Y.
    private static func isWorse(_ a: EvaluationItem, _ b: EvaluationItem) -> Bool {
        (a.psnrY ?? .infinity, a.image, a.draw) < (b.psnrY ?? .infinity, b.image, b.draw)
    }

    /// Puts an item's pictures on the shelf where it is among the worst of its row, and takes another's off.
    ///
    /// - Parameter items: What there was before.
    func offer(_ item: EvaluationItem, among items: [EvaluationItem], _ make: () throws -> ItemPictures?) throws {
        guard item.psnrY != nil else { return }
        let row = items.filter { $0.method == item.method && $0.scale == item.scale && $0.dataset == item.dataset }
            .sorted(by: Self.isWorse).prefix(Self.depth)
        if row.count == Self.depth {
            guard let best = row.last, Self.isWorse(item, best) else { return }
            try? FileManager.default.removeItem(atPath: path(best.key))
        }
        guard let pictures = try make() else { return }
        try AtomicFile.write([UInt8](ReportCoding.encode(pictures)), to: path(item.key))
    }

    /// The worst items of each row.
    static func worst(of items: [EvaluationItem]) -> [EvaluationItem] {
        struct Row: Hashable {
            let dataset: String
            let scale: Int
            let method: String
        }
        let rows = Dictionary(grouping: items.filter { $0.psnrY != nil }) { Row(dataset: $0.dataset, scale: $0.scale, method: $0.method) }
        let worst = Set(rows.values.flatMap { $0.sorted(by: isWorse).prefix(depth).map(\.key) })
        return items.filter { worst.contains($0.key) }
    }

    func pictures(of items: [EvaluationItem]) -> [ItemPictures] {
        items.compactMap { item in
            FileManager.default.contents(atPath: path(item.key)).flatMap { try? ReportCoding.decode(ItemPictures.self, from: $0) }
        }
    }

    /// Names of images and methods may hold what a file name must not.
    private func path(_ key: EvaluationItem.Key) -> String {
        let text = [key.dataset, "\(key.scale)", key.method, key.image, "\(key.draw)"].joined(separator: "\n")
        return folder + "/" + SHA256.hexadecimal(of: Array(text.utf8)).prefix(20) + ".json"
    }
}
