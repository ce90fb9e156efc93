import CBuild
import ChatAPI
import Engine
import Flags
import Glibc

/// The entry of `chatd`: what the command line asks for.
@main
enum ServerDaemon {
    static let commit = String(cString: cbuild_commit())

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        // libdispatch tells syslog about every thread whose priority it may not raise; nobody can do anything about that.
        setenv("LIBDISPATCH_LOG", "NO", 0)
        let line = Array(CommandLine.arguments.dropFirst())
        do throws(UsageError) {
            switch try DaemonCommand.program.parse(line, environment: environment) {
            case .text(let text): print(text, terminator: "")
            case .complete: break
            case .run(let invocation): exit(run(invocation))
            }
        } catch {
            complain("chatd: \(error.message)\nTry 'chatd --help'.")
            exit(2)
        }
    }

    private static func run(_ invocation: Invocation<DaemonCommand.Action>) -> Int32 {
        if case .checkConfig = invocation.action, invocation.values.flag("example") {
            print(Setting.example, terminator: "")
            return 0
        }
        let source = ConfigurationSource(values: invocation.values, environment: environment)
        let configuration: Configuration
        do throws(Configuration.Refusal) {
            configuration = try source.load()
        } catch {
            complain("chatd: \(error)")
            return 2
        }
        switch invocation.action {
        case .checkConfig:
            print(configuration.report, terminator: "")
            do {
                try configuration.check()
                return 0
            } catch {
                complain("chatd: \(error)")
                return 2
            }
        case .seedDemo:
            do {
                try DemoCommand.run(configuration, passwordFile: invocation.values.string("password-file"))
                return 0
            } catch {
                complain("chatd: \(error)")
                return 1
            }
        case .benchAuthority:
            print(AuthorityBench().run { monotonicNanoseconds() })
            return 0
        case .serve:
            // Before anything is made.
            do {
                try configuration.check()
            } catch {
                complain("chatd: \(error)")
                return 2
            }
            do {
                let daemon = try Daemon(configuration, source: source)
                return daemon.run()
            } catch {
                complain("chatd: \(error)")
                return 1
            }
        }
    }

    private static func monotonicNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}
