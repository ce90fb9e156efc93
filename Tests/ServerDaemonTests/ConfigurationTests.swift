import ChatTestKit
import Glibc
import Testing

/// The configuration as an administrator meets it: `chatd check-config` over files, environment and flags.
@Suite("Configuration")
struct ConfigurationTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func check(
        _ arguments: [String] = [],
        file: String? = nil,
        environment: [String] = []
    ) async throws -> FinishedProgram {
        var line = ["check-config"]
        if let file { line += ["--config", try folder.write(file, to: "chatd.yaml")] }
        return try await FinishedProgram.run("chatd", line + arguments, environment: environment)
    }

    @Test
    func `without any configuration every key has its default`() async throws {
        let report = try await check(file: "")
        #expect(report.status == 0)
        for line in report.output.split(separator: "\n") { #expect(line.hasSuffix("# default"), "\(line)") }
        for line in ["listen: 127.0.0.1:7878", "registration: open", "channels.first: general", "connections: 10000"] {
            #expect(report.output.contains(line))
        }
    }

    @Test
    func `flags win over the environment, that over the file, that over defaults`() async throws {
        let file = "connections: 100\nloops: 3\nregistration: closed\n"
        let report = try await check(
            ["--connections", "300"],
            file: file,
            environment: ["CHATD_CONNECTIONS=200", "CHATD_LOOPS=2"]
        )
        #expect(report.status == 0)
        #expect(report.output.contains("connections: 300  # flag"))
        #expect(report.output.contains("loops: 2  # CHATD_LOOPS"))
        #expect(report.output.contains("registration: closed  # file"))
        #expect(report.output.contains("drain-seconds: 10  # default"))
    }

    @Test
    func `nested keys, lists and every kind of value are read`() async throws {
        let file = """
            # comment
            tls: {cert: /etc/cert.pem, key: /etc/key.pem}
            live:
              origins:
                - https://a.example
                - https://b.example
            limits:
              bot-rate: 7
            insecure-plain: true
            socket-mode: 0660
            log:
              level: debug
            """
        let report = try await check(file: file)
        // All of it is read and shown, although the daemon could not start with it.
        #expect(report.status == 2 && report.output.contains("/etc/cert.pem: No such file"), "\(report.output)")
        for line in [
            "tls.cert: /etc/cert.pem", "live.origins: https://a.example,https://b.example", "limits.bot-rate: 7",
            "insecure-plain: true", "socket-mode: 0660", "log.level: debug",
        ] { #expect(report.output.contains(line + "  # file"), "\(line)") }
    }

    @Test(arguments: [
        ("registraton: open\n", "registration"), ("conections: 5\n", "connections"),
        ("live:\n  orgins: x\n", "live.origins"),
        ("tls:\n  cret: x\n", "tls.cert"),
    ])
    func `an unknown key is an error with its place and a suggestion`(_ file: String, _ suggestion: String) async throws
    {
        let report = try await check(file: file)
        #expect(report.status == 2)
        #expect(report.output.contains("there is no key"))
        #expect(report.output.contains("did you mean '\(suggestion)'?"), "\(report.output)")
        #expect(report.output.contains("chatd.yaml"))
    }

    @Test(arguments: [
        ("connections: many\n", "whole number from 10 to 1000000"), ("connections: 9\n", "whole number from 10"),
        ("loops: 65\n", "from 0 to 64"), ("registration: maybe\n", "must be open or closed"),
        ("insecure-plain: perhaps\n", "must be true or false"), ("socket-mode: 0777\n", "0600 or 0660 or 0666"),
        ("listen: [1, 2]\n", "must be one value"), ("listen: {a: b}\n", "must be one value"), ("- a\n- b\n", "mapping"),
        ("live:\n  origins: [[1]]\n", "list of texts"), ("a: b: c\n", "chatd.yaml"),
        ("listen: \"\u{1}\"\n", "chatd.yaml"),
        ("listen: x\nlisten: y\n", "listen"),
    ])
    func `a wrong value is an error that says what is right`(_ file: String, _ sentence: String) async throws {
        let report = try await check(file: file)
        #expect(report.status == 2, "\(report.output)")
        #expect(report.output.contains(sentence), "\(report.output)")
        #expect(report.output.split(separator: "\n").count <= 2)
    }

    @Test
    func `a wrong environment variable and a wrong flag are named`() async throws {
        let variable = try await check(file: "", environment: ["CHATD_REGISTRATION=maybe"])
        #expect(variable.status == 2)
        #expect(variable.output.contains("CHATD_REGISTRATION: 'maybe' must be open or closed"))
        for line in [
            ["--registration", "maybe"], ["--connections", "x"], ["--no-such-flag"], ["--listen"], ["extra"],
        ] {
            let flag = try await check(line, file: "")
            #expect(flag.status == 2, "\(line)")
            #expect(flag.output.contains(line[0]), "\(flag.output)")
        }
    }

    @Test
    func `a file that is not there, a folder and a huge file are refused`() async throws {
        for (path, sentence) in [
            (folder.path + "/none.yaml", "No such file"), (folder.path, "director"), ("/dev/zero", "bytes"),
        ] {
            let report = try await FinishedProgram.run("chatd", ["check-config", "--config", path])
            #expect(report.status == 2)
            #expect(report.output.contains(sentence), "\(report.output)")
        }
    }

    @Test(arguments: [
        (["--listen", "nonsense"], "HOST:PORT"), (["--listen", "127.0.0.1:99999"], "65535"),
        (["--listen", ":80"], "no host"),
        (["--listen", "0.0.0.0:0"], "--insecure-plain"), (["--listen", "[::]:0"], "--insecure-plain"),
        (["--listen", "127.0.0.1:0", "--tls-cert", "/x.pem"], "both a certificate and a key"),
        (
            ["--listen", "127.0.0.1:0", "--tls-cert", "/x.pem", "--tls-key", "/x.key"],
            "/x.pem: No such file or directory"
        ),
        (["--listen", "none", "--socket", "none"], "nothing to listen on"),
        (["--listen", "127.0.0.1:0", "--data", "/proc/none"], "/proc/none"),
        (["--listen", "127.0.0.1:0", "--channels-first", "Not A Name"], "channel"),
        (["--listen", "127.0.0.1:0", "--socket", "/no/such/folder/s"], "/no/such/folder"),
    ])
    func `what cannot be started is said in a sentence`(_ arguments: [String], _ sentence: String) async throws {
        var line = arguments
        if !line.contains("--data") { line += ["--data", folder.path + "/data"] }
        if !line.contains("--socket") { line += ["--socket", folder.path + "/s"] }
        let report = try await FinishedProgram.run("chatd", line)
        #expect(report.status == 1 || report.status == 2, "\(report.output)")
        #expect(report.output.contains(sentence), "\(report.output)")
        #expect(!report.output.contains("Fatal error"))
    }

    @Test(arguments: [
        (["--listen", "nonsense"], "HOST:PORT"), (["--listen", "0.0.0.0:0"], "--insecure-plain"),
        (["--tls-cert", "/x.pem"], "both a certificate and a key"),
        (["--log-level", "loud"], "chatd: log.level: \"loud\" is no log level"),
        (["--tls-cert", "/x.pem", "--tls-key", "/x.key"], "/x.pem: No such file or directory"),
        (["--listen", "none", "--socket", "none"], "nothing to listen on"),
        (["--metrics-listen", "0.0.0.0:9100"], "metrics.listen: 0.0.0.0:9100 is not a loopback address"),
        (["--metrics-listen", "9100"], "metrics.listen: '9100' is not HOST:PORT"),
    ])
    func `what cannot be started fails check-config, and nothing is made`(_ line: [String], _ sentence: String)
        async throws
    {
        let data = folder.path + "/unmade"
        let checked = try await check(line, file: "")
        #expect(checked.status == 2, "\(checked.output)")
        #expect(checked.output.contains(sentence), "\(checked.output)")
        let socket = line.contains("--socket") ? [] : ["--socket", folder.path + "/s"]
        let started = try await FinishedProgram.run("chatd", line + socket + ["--data", data])
        #expect(started.status == 2 && started.output.contains(sentence), "\(started.output)")
        #expect(access(data, F_OK) != 0)
    }
}
