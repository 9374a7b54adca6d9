extension StringProtocol {
    /// The folder of a path: "" for a bare name, "/" for a name at the root. Foundation's own ends the process for paths of one character.
    public var folderPath: String {
        let path = self[..<(lastIndex { $0 != "/" }.map { index(after: $0) } ?? startIndex)]
        guard let slash = path.lastIndex(of: "/") else { return path.isEmpty && !isEmpty ? "/" : "" }
        let folder = path[..<slash]
        return folder.isEmpty ? "/" : String(folder)
    }
}
