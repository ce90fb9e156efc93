import ChatAPI
import ChatKit
import Flags
import Glibc
import TerminalUI
import Transport

/// The program: reads the command line, decides between screen and lines, and ends with an exit code.
@main
struct ChatTUI {
    static func main() {
        let line = Array(CommandLine.arguments.dropFirst())
        do throws(UsageError) {
            switch try ProgramTree.program.parse(line, environment: { Terminal.environment($0) }) {
            case .text(let text): print(text, terminator: "")
            case .complete: break
            case .run(let invocation): exit(run(invocation.values))
            }
        } catch {
            complain(error.message + "; " + error.hint)
            exit(2)
        }
    }

    private static func complain(_ sentence: String) {
        let bytes = Array("chat-tui: \(sentence)\n".utf8)
        _ = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    }

    private static func run(_ values: Values) -> Int32 {
        Zone.readSystem()
        guard let mailbox = ActionMailbox() else {
            complain("no descriptors are left")
            return 1
        }
        do {
            if values.flag("keydump") {
                try KeyDump.run(mailbox: mailbox)
                return 0
            }
            if let path = values.string("replay") {
                try Replay.run(path, Model(now: TimeSource.system.wall()), mailbox: mailbox)
                return 0
            }
            return try chat(values, mailbox)
        } catch let problem as StartProblem {
            complain(problem.sentence)
            return 1
        } catch let problem as ProfileError {
            complain(problem.sentence)
            return problem.kind == .file ? 1 : 2
        } catch let problem as TerminalError {
            complain(problem.sentence)
            return 1
        } catch {
            complain("\(error)")
            return 1
        }
    }

    private static func chat(_ values: Values, _ mailbox: ActionMailbox) throws -> Int32 {
        let flags = Profile.Flags(
            server: values.string("server"),
            socket: values.string("socket"),
            context: values.string("profile"),
            ca: values.string("ca")
        )
        let plan = try StartPlan(flags)
        let recorder = try values.string("record").map { try Recorder(path: $0) }
        let world = try World(plan, mailbox: mailbox)
        var model = Model(
            screen: plan.form.map(Screen.signIn) ?? .chat,
            serverName: plan.profile?.address.description ?? "",
            profileName: plan.profile?.name ?? "",
            now: TimeSource.system.wall()
        )
        model.wantedChannel = values.string("channel")
        var first: [Action] = ThemeFiles.load(plan.folders)
        if plan.form == nil, let profile = plan.profile {
            first += world.open(profile)
            first.append(.history(History.load(profile)))
        }
        let isJSON = values.flag("json")
        var isLinear = isJSON || values.flag("plain")
        if !isLinear, let reason = Terminal.check() {
            complain("\(reason); this is --plain")
            isLinear = true
        }
        if isLinear {
            let linear = LinearRuntime(model, world, isJSON: isJSON, only: values.string("channel"), recorder: recorder)
            return linear.run(first)
        }
        let screen = ScreenRuntime(model, world, try Terminal(), recorder: recorder)
        try screen.run(first)
        return 0
    }
}
