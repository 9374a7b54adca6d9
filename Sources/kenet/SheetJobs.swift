import Foundation
import Imaging

/// The photos of one `kenet evaluate sheet` and where their sheets go.
struct SheetJobs {
    let list: [PhotoJob]
    /// Whether the sheets go into a folder, which is then made.
    private let makesFolders: Bool
    /// The photos, none of which may be written over.
    private let photos: [FileIdentity: String]

    /// - Parameters:
    ///   - inputs: Photos and folders; all photos in a folder and its folders are taken.
    ///   - output: Of one photo the sheet itself; else, or where it is a folder, a folder in which those of the photos are found again.
    /// - Throws: ``Failure`` for folders without photos, and for two sheets under one name.
    init(_ inputs: [String], output: String) throws(Failure) {
        var photos: [(path: String, name: String)] = []
        for input in inputs {
            guard FileIdentity.isFolder(input) else {
                photos.append((input, (input as NSString).lastPathComponent))
                continue
            }
            let found = PhotoList.photos(in: input, recursive: true)
            guard !found.isEmpty else { throw Failure(.noInput, "\(input): the folder holds no photos") }
            photos += found.map { (input + "/" + $0, $0) }
        }
        self.photos = FileIdentity.paths(photos.map(\.path))
        makesFolders = inputs.count > 1 || FileIdentity.isFolder(inputs[0]) || FileIdentity.isFolder(output)
        guard makesFolders else {
            list = [PhotoJob(input: inputs[0], output: output)]
            return
        }
        list = photos.map { photo in
            PhotoJob(input: photo.path, output: output + "/" + (photo.name as NSString).deletingPathExtension + "_sheet.png")
        }
        try PhotoJob.checkDifferent(list)
    }

    /// Makes the folder of a sheet where needed and checks that the sheet can be written. Throws ``Failure``.
    func prepare(_ job: PhotoJob, overwrite: Bool) throws(Failure) {
        if makesFolders { try PhotoJob.makeFolders(of: [job]) }
        try job.check(outputs: [job.output], inputs: photos, overwrite: overwrite)
    }
}
