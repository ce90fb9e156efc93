import ChatKit
import Glibc
import Testing

/// Which addresses a client takes, and the sentence for those it does not.
@Suite struct ServerAddressTests {
    @Test(arguments: [
        ("https://chat.example.org", ServerAddress.url(isSecure: true, host: "chat.example.org", port: 443)),
        ("https://chat.example.org/", .url(isSecure: true, host: "chat.example.org", port: 443)),
        ("HTTPS://chat.example.org:8443", .url(isSecure: true, host: "chat.example.org", port: 8443)),
        ("https://[2001:db8::1]:7000", .url(isSecure: true, host: "2001:db8::1", port: 7000)),
        ("http://localhost", .url(isSecure: false, host: "localhost", port: 80)),
        ("http://127.0.0.1:7878", .url(isSecure: false, host: "127.0.0.1", port: 7878)),
        ("http://[::1]:7878", .url(isSecure: false, host: "::1", port: 7878)),
    ])
    func `https goes anywhere, http to this machine`(text: String, address: ServerAddress) throws {
        #expect(try ServerAddress(url: text) == address)
        #expect(try ServerAddress(url: "\(address)") == address)
    }

    @Test(arguments: [
        ("chat.example.org", "is not a URL"), ("ftp://x", "is not a URL"), ("https://", "names no host"),
        ("http://chat.example.org", "is not encrypted"), ("http://127.0.0.1.evil.org", "is not encrypted"),
        ("https://x/path", "more than a host"), ("https://ana@x", "more than a host"), ("https://x:0", "port"),
        ("https://x:70000", "port"), ("https://x:", "port"), ("https://2001:db8::1", "written in [ ]"),
        ("https://[::1", "without a ]"), ("https://[::1]x", "after the ]"), ("https://a b", "looked up"),
        ("https://:80", "names no host"),
    ])
    func `a wrong address says what is wrong with it`(text: String, why: String) {
        let error = #expect(throws: ProfileError.self) { try ServerAddress(url: text) }
        #expect(error?.kind == .usage)
        #expect(error?.sentence.contains(why) == true, "\(error?.sentence ?? "")")
    }

    @Test func `a socket's path has the length that the system takes`() throws {
        #expect(try "\(ServerAddress(socket: "/run/x.sock"))" == "unix:/run/x.sock")
        #expect(throws: ProfileError.self) { try ServerAddress(socket: "") }
        // A session is kept by address: the same socket is one from wherever it is named, and another folder's is another.
        let here = String(cString: getcwd(nil, 0))
        for text in ["x.sock", "./x.sock", ".//x.sock", "././x.sock"] {
            #expect(Files.absolute(text) == here + "/x.sock")
        }
        #expect(Files.absolute("../x.sock") == here + "/../x.sock")
        #expect(Files.absolute("/x/./y") == "/x/./y")
        if here.utf8.count < 90 { #expect(try "\(ServerAddress(socket: "./x.sock"))" == "unix:\(here)/x.sock") }
        #expect(throws: ProfileError.self) { try ServerAddress(socket: "/" + String(repeating: "x", count: 107)) }
    }

    @Test func `the default port is not written`() throws {
        #expect(try ServerAddress(url: "https://x:443").hostHeader == "x")
        #expect(try ServerAddress(url: "https://[::1]:444").hostHeader == "[::1]:444")
        #expect(try ServerAddress(socket: "/x").hostHeader == "")
    }
}
