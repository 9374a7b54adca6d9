import Files
import Testing

@Suite struct FolderPathTests {
    @Test(arguments: [
        ("a", ""), ("", ""), ("a.png", ""), ("a/", ""), ("/", "/"), ("/a", "/"), ("b/a", "b"), ("./a", "."), ("/x/y/", "/x"), ("x//", ""),
        ("a/b/c.png", "a/b"),
    ])
    func folder(path: String, expected: String) { #expect(path.folderPath == expected) }
}
