import ChatAPI
import ChatKit
import Synchronization
import chatctl

/// A console without a terminal, or with one that answers as it is told; keeps what was written.
final class RecordedConsole: Console {
    struct State {
        var output: [UInt8] = []
        var error: [UInt8] = []
        var lines: [String] = []
        var answers: [String] = []
        var prompts: [String] = []
    }

    /// Tier: leaf.
    private let state: Mutex<State>
    private let terminals: Set<Int>
    private let variables: [String: String]
    let width = 80
    let height = 24
    let now: Milliseconds

    /// - Parameters:
    ///   - input: The lines of standard input.
    ///   - answers: What is typed at prompts; without any there is no terminal.
    init(
        input: [String] = [],
        answers: [String]? = nil,
        isTerminal: Bool = false,
        environment: [String: String] = [:],
        now: Milliseconds = 1_777_636_800_000
    ) {
        state = Mutex(State(lines: input, answers: answers ?? []))
        terminals = isTerminal || answers != nil ? [0, 1, 2] : []
        variables = environment
        self.now = now
    }

    func write(_ bytes: [UInt8], to stream: Stream) {
        state.withLock { if stream == .error { $0.error += bytes } else { $0.output += bytes } }
    }

    func isTerminal(_ stream: Stream) -> Bool { terminals.contains(stream == .input ? 0 : stream == .output ? 1 : 2) }

    func readLine() -> [UInt8]? {
        state.withLock { $0.lines.isEmpty ? nil : Array($0.lines.removeFirst().utf8) }
    }

    func ask(_ prompt: String, isSecret: Bool) -> String? {
        state.withLock { state in
            state.prompts.append(prompt)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
    }

    func environment(_ name: String) -> String? { variables[name] }

    var kit: Environment { Environment(variables) }

    func zoneOffset(at time: Milliseconds) -> Int { 0 }

    var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var error: String { state.withLock { String(decoding: $0.error, as: UTF8.self) } }
    var prompts: [String] { state.withLock { $0.prompts } }
}
