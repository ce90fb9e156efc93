import ChatKit
import ChatTestKit
import Glibc
import Testing

/// Reading files that may be anything.
@Suite struct FilesTests {
    @Test func `only files are read where waiting would stop everything`() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.path + "/pipe"
        try #require(mkfifo(pipe, 0o600) == 0)
        // Nobody ever writes to it: without the rule this test would not end.
        for (path, sentence) in [
            (pipe, "cannot read \(pipe): it is no file"), ("/dev/zero", "cannot read /dev/zero: it is no file"),
            (folder.path, "cannot read \(folder.path): Is a directory"),
            (folder.path + "/nothing", "cannot read \(folder.path)/nothing: No such file or directory"),
        ] {
            let failure = #expect(throws: Files.Failure.self) { try Files.read(path, onlyFiles: true) }
            #expect(failure?.sentence == sentence)
        }
        let file = folder.path + "/file"
        try Files.write(Array("text".utf8), to: file)
        #expect(try Files.read(file, onlyFiles: true) == Array("text".utf8))
    }
}
