import ChatAPI
package import ChatKit
package import Flags

/// One command under way: what the line said, the world around it, and the daemon once it is asked.
package final class Run {
    package typealias Connect = @Sendable (Profile, Values) throws -> Daemon

    let values: Values
    /// `["chatctl", "channel", "ls"]`.
    let path: [String]
    let console: any Console
    let output: Output
    private let connect: Connect
    private var connected: Daemon?
    private var known: Profile?
    let people = People()

    init(_ values: Values, _ path: [String], _ console: any Console, connect: @escaping Connect) {
        self.values = values
        self.path = path
        self.console = console
        self.connect = connect
        output = Output(values, console)
    }

    // MARK: - The daemon

    /// Which daemon, as whom: flags, then environment, then context, then the default sockets.
    func profile() throws -> Profile {
        if let known { return known }
        return try resolve(context: values.string("context"))
    }

    /// The same under the name of a context that is about to be made; nothing may have been called yet.
    @discardableResult
    func resolve(context: String?) throws -> Profile {
        let flags = Profile.Flags(
            server: values.string("server"),
            socket: values.string("socket"),
            context: context,
            ca: values.string("ca"),
            tokenFile: values.string("token-file"),
            isLocal: values.flag("local")
        )
        let profile = try Profile.resolve(flags, environment: console.kit)
        known = profile
        return profile
    }

    func daemon() throws -> Daemon {
        if let connected { return connected }
        let daemon = try connect(profile(), values)
        connected = daemon
        return daemon
    }

    /// Calls an operation with what the line says about calls.
    /// - Parameter part: Of a bulk command, which one: each needs a key of its own.
    func call<Input, Output>(
        _ endpoint: Endpoint<Input, Output>,
        _ input: Input,
        part: String? = nil
    ) async throws -> Output {
        try await daemon().service.call(endpoint, input, try callOptions(changes: endpoint.changes, part: part))
    }

    func call<Output>(_ endpoint: Endpoint<Empty, Output>) async throws -> Output {
        try await call(endpoint, Empty())
    }

    var isDryRun: Bool { values.declares("dry-run") && values.flag("dry-run") }

    func callOptions(changes: Bool, part: String? = nil) throws(Failure) -> CallOptions {
        var options = CallOptions(requestID: try header("request-id"))
        guard changes else { return options }
        options.dryRun = isDryRun
        if values.declares("idempotency-key"), let key = try header("idempotency-key") {
            options.key = part.map { "\(key)/\($0)" } ?? key
            guard options.key!.utf8.count <= Limits.keyBytes else {
                throw .usage(
                    "--idempotency-key makes a key of \(options.key!.utf8.count) bytes; the limit is \(Limits.keyBytes)"
                )
            }
        }
        if values.declares("if-match") { options.ifMatch = try header("if-match") }
        return options
    }

    /// A value that becomes a header of HTTP.
    private func header(_ option: String) throws(Failure) -> String? {
        guard let text = values.string(option) else { return nil }
        guard (1...Limits.keyBytes).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .usage("--\(option) takes 1 to \(Limits.keyBytes) printable ASCII characters without blanks")
        }
        return text
    }

    // MARK: - Saying

    /// What was done, for people; programs read the data.
    func say(_ sentence: String) {
        if !output.format.isForPrograms { console.say(sentence) }
    }

    /// What is said whatever the format: a list that was cut, a connection that was lost.
    func warn(_ sentence: String) { console.say("chatctl: \(sentence)") }

    /// After a change that answers with the thing itself.
    func changed(_ node: Node, _ shape: Shape, _ sentence: String) throws {
        say((isDryRun ? "would have " : "") + sentence)
        try output.one(node, shape)
    }

    /// After a change that answers with nothing.
    func done(_ what: String, _ object: String, _ sentence: String? = nil) throws {
        let shown = VisibleText.line(object)
        try output.done(what, object, isDryRun: isDryRun, sentence: sentence ?? "\(what) \(shown)")
    }

    // MARK: - Reading

    func moment(_ option: String) throws(Failure) -> Milliseconds? {
        guard let text = values.string(option) else { return nil }
        let console = console
        guard let time = TimeText.moment(text, now: console.now, offset: { console.zoneOffset(at: $0) }) else {
            throw .usage(
                "--\(option) must be a time such as 2h (ago), 2026-05-01 or 2026-05-01T12:00Z, not "
                    + "\"\(VisibleText.line(text))\""
            )
        }
        return time
    }

    /// The words of TEXT joined by blanks, or standard input for `-`.
    func text(_ name: String = "TEXT", limit: Int) throws(Failure) -> String {
        let words = values.strings(name)
        guard words == ["-"] else { return words.joined(separator: " ") }
        let bytes = try console.readAll(limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .usage("standard input is not UTF-8")
        }
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
