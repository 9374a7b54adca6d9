import FlyingFox
import Foundation

/// The files of the page. They are part of the program, so that it runs wherever it is put.
struct PageFile {
    private static let all: [String: (bytes: [UInt8], type: String)] = [
        "/": (PackageResources.index_html, "text/html"),
        "/page.css": (PackageResources.page_css, "text/css"),
        "/page.js": (PackageResources.page_js, "text/javascript"),
        "/session.js": (PackageResources.session_js, "text/javascript"),
        "/viewer.js": (PackageResources.viewer_js, "text/javascript"),
        "/kernel.js": (PackageResources.kernel_js, "text/javascript"),
        "/openapi.yaml": (PackageResources.openapi_yaml, "application/yaml"),
    ]

    let response: HTTPResponse

    /// The file at an address, or nil.
    init?(path: String) {
        guard let (bytes, type) = Self.all[path] else { return nil }
        response = HTTPResponse(statusCode: .ok, headers: [.contentType: "\(type); charset=utf-8"], body: Data(bytes))
    }
}
