import ChatAPI
import ChatTestKit
import Engine
import Flags
import chatctl

/// A plaza with ana, bob and a bot, and a channel in which something was said.
final class Stage: Sendable {
    let plaza: Plaza
    let ana: SignedIn
    private let values: [String: String]
    /// Made by the first case that is about an event.
    let scene: EventScene

    init() async throws {
        plaza = try Plaza()
        let service = LocalService(plaza.temporary.engine, as: try await plaza.caller(.administrator))
        for name in ["ana", "bob"] {
            _ = try await service.call(.createAccount, AccountCreation(name: name, password: Case.password))
        }
        _ = try await service.call(.createAccount, AccountCreation(name: "bot", kind: .bot))
        let door = LocalService(plaza.temporary.engine, as: .anonymous(address: "unix"))
        ana = try await door.call(.signIn, SignIn(name: "ana", password: Case.password, device: "test"))
        let token = ana.tokens.accessToken
        let caller = try await plaza.temporary.engine.authenticator.caller(token: token, address: "unix")
        let direct = try await LocalService(plaza.temporary.engine, as: caller)
            .call(.openDirect, DirectDraft(people: ["bob"]))
        values = ["{session}": ana.session.description, "{direct}": direct.id.description]
        scene = EventScene(plaza, ana)
        for line in ["channel create lounge", "channel post lounge hello", "ana: channel join lounge"] {
            _ = try await prepare(line)
        }
    }

    func filled(_ text: String, _ number: Int) -> String {
        var result = ""
        var rest = Substring(text)
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            guard rest[brace...].hasPrefix("{n}") else {
                result.append("{")
                rest = rest[brace...].dropFirst()
                continue
            }
            result += "x\(number)"
            rest = rest[brace...].dropFirst(3)
        }
        return result + rest
    }

    /// Does what has to be there first; returns the line's words.
    func prepare(_ example: Case, _ number: Int) async throws -> [String] {
        var known = values
        if example.needsEvent { known.merge(try await scene.open()) { $1 } }
        for line in example.setup {
            for (name, value) in try await prepare(filled(line, number)) { known[name] = value }
        }
        // A case whose subject is a person needs one that is there for it alone.
        return example.line.map { word in known[word] ?? filled(word, number) }
    }

    /// One line of preparation; `token`, `session` and `login` make what a line cannot say.
    private func prepare(_ line: String) async throws -> [String: String] {
        if let made = try await scene.prepare(line) { return made }
        let service = LocalService(plaza.temporary.engine, as: try await plaza.caller(.administrator))
        let door = LocalService(plaza.temporary.engine, as: .anonymous(address: "unix"))
        switch line {
        case "token":
            let draft = TokenDraft(account: "bot", label: "test", scopes: [.own])
            return ["{token}": try await service.call(.createToken, draft).token.id.description]
        case "session":
            let signedIn = try await door.call(.signIn, SignIn(name: "ana", password: Case.password, device: "other"))
            return ["{other}": signedIn.session.description]
        case "report", "decided report":
            let channel = try await service.call(.channel, ChannelRef("lounge")).id
            let message = Message(channel: channel, cid: .init(high: 1, low: .random(in: 0 ... .max)), text: "rude")
            let sent = try await LocalService(
                plaza.temporary.engine,
                as: try await plaza.caller(.token(ana.tokens.accessToken))
            ).call(.sendMessage, message)
            let draft = ReportDraft(channel: "lounge", seq: sent.seq, reason: "test")
            let report = try await service.call(.report, draft)
            if line != "report" {
                _ = try await service.call(.decideReport, ReportDecision(report: report.id, action: .resolve))
            }
            return ["{report}": report.id.description]
        case "invitation":
            let invitation = try await service.call(.inviteToChannel, ChannelInvitationDraft(channel: "lounge"))
            return ["{invitation}": invitation.id.description, "{code}": invitation.code ?? ""]
        case "login":
            let answer = await plaza.run(["login", "ana", "--password-file", "-"], input: [Case.password])
            guard answer.code == .ok else { throw Unprepared(description: answer.error) }
            return [:]
        default:
            var words = line.split(separator: " ").map(String.init)
            var who = Plaza.As.administrator
            if let name = words.first, name.hasSuffix(":") {
                words.removeFirst()
                who = .token(name == "ana:" ? ana.tokens.accessToken : try scene.token(String(name.dropLast())))
            }
            let answer = await plaza.run(words, as: who)
            // What an earlier format has made is as good.
            guard answer.code == .ok || answer.code == .conflict else { throw Unprepared(description: answer.error) }
            return [:]
        }
    }

    struct Unprepared: Error, CustomStringConvertible {
        let description: String
    }

    func run(
        _ example: Case,
        _ words: [String],
        refusing refusal: APIError? = nil,
        isOfTomorrow: Bool = false
    ) async -> Plaza.Answer {
        let who: Plaza.As =
            switch example.who {
            case .administrator: .administrator
            case .ana: .token(ana.tokens.accessToken)
            case .olga: (try? scene.token("olga")).map { .token($0) } ?? .nobody
            case .guest: (try? scene.token("guest")).map { .token($0) } ?? .nobody
            }
        return await plaza.run(
            words,
            as: who,
            input: example.input,
            refusing: refusal,
            isOfTomorrow: isOfTomorrow,
            streams: example.streams()
        )
    }

    func operations(of example: Case) -> Set<String>? {
        guard let action = CommandList.runnable.first(where: { $0.path == example.path })?.command.action else {
            return nil
        }
        if example.path == "api" { return Set(plaza.operations) }
        return Set(action.operations)
    }

    /// What the engine would show of anything that was done: the audit log, the logs of channels, the counts.
    func trace() async throws -> [String] {
        let service = LocalService(plaza.temporary.engine, as: try await plaza.caller(.administrator))
        let status = try await service.call(.serverStatus)
        let audit = try await service.call(.audit, AuditQuery(limit: 1))
        let channels = try await service.call(.listChannels, ChannelQuery(limit: 500))
        let mine = LocalService(
            plaza.temporary.engine,
            as: try await plaza.caller(.token(ana.tokens.accessToken))
        )
        let me = try await mine.call(.me)
        let own = try await service.call(.me)
        return [
            "\(status.accounts) \(status.channels) \(status.messages)", "\(audit.head)",
            channels.items.map { "\($0.name ?? "") \($0.head ?? 0) \($0.topic ?? "") \($0.memberCount)" }.joined(
                separator: ","
            ),
            "\(me.head) \(me.registers) \(me.account)", "\(own.head) \(own.registers)",
        ]
    }
}
