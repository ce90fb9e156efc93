import CBuild
import ChatAPI
import ChatKit
package import Flags
import Glibc
import Transport

/// The entry of `chatctl`: understands the line, runs the command, exits with its code.
@main
package enum Chatctl {
    static func main() {
        let console = ProcessConsole()
        let line = Array(CommandLine.arguments.dropFirst())
        switch understand(line, console) {
        case .ended(let code): end(code)
        case .run(let invocation): run(console) { connect in await perform(invocation, console, connect: connect) }
        case .complete(let question):
            run(console) { connect in
                await Completion.answer(question, console, connect: connect)
                return .ok
            }
        }
    }

    /// What a line comes to before anything is connected to.
    package enum Understood: Sendable {
        case ended(ExitCode)
        case run(Invocation<Action>)
        case complete(CompletionQuestion)
    }

    package static func understand(_ line: [String], _ console: some Console) -> Understood {
        do throws(UsageError) {
            switch try CommandTree.program.parse(line, width: console.width, environment: console.environment) {
            case .text(let text):
                console.print(text)
                return .ended(.ok)
            case .run(let invocation): return .run(invocation)
            case .complete(let question): return .complete(question)
            }
        } catch {
            let failure = Failure.usage(error.message, hint: error.hint)
            failure.tell(console, as: Format.guess(line, console.environment))
            return .ended(.usage)
        }
    }

    /// Runs a command to its end.
    package static func perform(
        _ invocation: Invocation<Action>,
        _ console: some Console,
        connect: @escaping Run.Connect
    ) async -> ExitCode {
        let run = Run(invocation.values, invocation.path, console, connect: connect)
        do {
            try await invocation.action.body(run)
            return .ok
        } catch {
            let failure = Failure(thrown: error)
            failure.tell(console, as: run.output.format)
            return failure.exit
        }
    }

    static let commit = String(cString: cbuild_commit())

    /// One loop, on which the command runs as well: no hops between threads.
    private static func run(
        _ console: ProcessConsole,
        _ body: @escaping @Sendable (_ connect: @escaping Run.Connect) async -> ExitCode
    ) -> Never {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGINT) { _ in
            SecretEcho.on()
            _exit(ExitCode.interrupted.rawValue)
        }
        let loop: EventLoop
        do throws(SocketError) {
            loop = try EventLoop(name: "chatctl")
        } catch {
            console.say("chatctl: \(error)")
            end(.other)
        }
        let connect: Run.Connect = { profile, values in
            var trace: HTTPTrace?
            if let level = HTTPTrace.Level(rawValue: min(values.count("verbose"), 2)) {
                trace = HTTPTrace(level) { console.say(VisibleText.line($0)) }
            }
            return Daemon.remote(profile, timeout: values.duration("timeout") ?? .seconds(30), trace: trace, on: loop)
        }
        Task(executorPreference: loop) { end(await body(connect)) }
        // Everything happens on the loop, which ends the process.
        while true { pause() }
    }

    /// Nothing is buffered here and nothing has to be torn down: a destructor could only hang.
    private static func end(_ code: ExitCode) -> Never { _exit(code.rawValue) }
}
