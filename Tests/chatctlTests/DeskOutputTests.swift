import ChatAPI
import ChatKit
import ChatTestKit
import Engine
import Testing
import chatctl

/// What an organizer and an administrator read while things happen: rows that stay in line, filters that choose, names instead
/// of ids, and who was here before.
@Suite("Output: the desk and the audit log")
struct DeskOutputTests {
    @Test func `a tail takes the same filters as a search, with and without -f`() async throws {
        let stage = try await Stage()
        let entries = try await stage.audit()
        let streams = Plaza.Streams(tail: [[.state(.live)]] + entries.map { [.audit([$0])] })
        let bob = try #require(entries.first { $0.objectName == "bob" })
        let filters: [([String], (AuditEntry) -> Bool)] = [
            (["--action", "channels."], { $0.action.hasPrefix("channels.") }),
            (["--actor", "ana"], { $0.actor == stage.ana.account.id }),
            (["--object", "account/bob"], { $0.object == bob.object }),
            (["--severity", "warning"], { [.warning, .critical].contains($0.severity) }),
            (["--session", stage.ana.session.description], { $0.session == stage.ana.session }),
            (["--request", "nobodys"], { $0.requestID == "nobodys" }),
            (["--address", "192.0.2.77"], { $0.address == "192.0.2.77" }), ([], { _ in true }),
        ]
        for (filter, isWanted) in filters {
            let wanted = entries.filter(isWanted).map { "\($0.seq),\($0.objectName ?? "")" }
            for follow in [["-n", "500"], ["-f"]] {
                let words = ["audit", "tail", "-o", "csv", "--fields", "seq,objectName"] + filter + follow
                let answer = await stage.plaza.run(words, streams: streams)
                let rows = answer.output.split(separator: "\r\n").dropFirst().map(String.init)
                #expect(rows == wanted, "\(words): \(answer.error)")
            }
        }
        let mixed = await stage.plaza.run(["audit", "tail", "-f", "--scope", "event/devconf"], streams: streams)
        #expect(mixed.code == .usage)
        let nobody = await stage.plaza.run(["audit", "tail", "-f", "--actor", "nobody"], streams: streams)
        #expect(nobody.code == .notFound, "a name that is nobody's is said at once")
    }

    @Test func `the last so many are the last that match`() async throws {
        let stage = try await Stage()
        let words = ["audit", "tail", "--action", "accounts.create", "-n", "2", "-o", "csv", "--fields", "objectName"]
        #expect(await stage.plaza.run(words).output == "objectName\r\nbob\r\nbot\r\n")
    }

    @Test func `a policy that offers says when there is nobody to offer to`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        let lonely = await stage.plaza.run(["queue", "policy", "devconf", "--assignment", "round_robin"], as: olga)
        #expect(lonely.error.contains("nobody accepts chats yet"), "\(lonely.error)")
        _ = await stage.plaza.run(["availability", "set", "--accept", "always"], as: olga)
        for words in [["--assignment", "least_busy"], ["--lease", "90s"], ["--assignment", "manual"]] {
            let answer = await stage.plaza.run(["queue", "policy", "devconf"] + words, as: olga)
            #expect(answer.code == .ok && !answer.error.contains("nobody accepts"), "\(words): \(answer.error)")
        }
    }

    @Test func `rows of a stream stay under their titles, whatever comes first`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        var entries: [Entry] = []
        for (seq, action) in ["ask", "transfer", "release"].enumerated() {
            let (id, state) = (RequestID(high: 1, low: UInt64(seq)), action == "transfer" ? "in_chat" : "queued")
            var entry = Entry(kind: .request, channel: nil, seq: Int64(seq + 1), by: stage.ana.account.id, at: 1_000)
            entry.request = RequestNews(
                id: id,
                queue: QueueID(high: 1, low: 1),
                action: action,
                state: RequestState(rawValue: state) ?? .queued,
                participant: stage.ana.account.id,
                topic: nil,
                priority: 0,
                createdAt: 1_000
            )
            entries.append(entry)
        }
        let streams = Plaza.Streams(tail: [[.state(.live)]] + entries.map { [.entries([$0])] })
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        let answer = await stage.plaza.run(["queue", "watch", "devconf"], as: olga, streams: streams)
        #expect(answer.error.contains("0 requests wait in devconf"))
        let lines = answer.output.split(separator: "\n").map(String.init)
        let header = try #require(lines.first)
        let column = try #require(header.firstRange(of: "STATE")).lowerBound
        let offset = header.distance(from: header.startIndex, to: column)
        for line in lines.dropFirst() {
            let state = line.dropFirst(offset).prefix { $0 != " " }
            #expect(["queued", "in_chat"].contains(String(state)), "\(line)")
            #expect(line.count <= 80, "\(line.count) columns")
        }
    }

    @Test func `a second check-in says when the first one was, and is no news in a list`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        let olga = Plaza.As.token(try stage.scene.token("olga"))
        let words = ["event", "check-in", "devconf", "ana"]
        #expect(await stage.plaza.run(words, as: olga).error.contains("checked in ana"))
        let again = await stage.plaza.run(words, as: olga)
        #expect(again.code == .ok && again.error.contains("ana had been checked in already"))
        let many = await stage.plaza.run(words + ["ana", "-o", "csv", "--fields", "status"], as: olga)
        #expect(many.output == "status\r\nwas_checked_in\r\nwas_checked_in\r\n")
    }

    @Test func `roles are given and taken where they hold, by the words people use`() async throws {
        let stage = try await Stage()
        _ = try await stage.scene.open()
        for (role, scope, kind, name) in [
            ("organizer", "devconf", "event", "devconf"),
            ("moderator", "devconf/general", "channel", "devconf/general"),
            ("support", "devconf/help", "queue", "devconf/help"), ("auditor", "nordlys", "agency", "nordlys"),
            ("speaker", "event/devconf", "event", "devconf"), ("moderator", "channel/lounge", "channel", "lounge"),
        ] {
            let words = ["user", "grant", "bob", role, "--scope", scope, "-o", "csv", "--fields", "scope,scopeName"]
            let answer = await stage.plaza.run(words)
            #expect(answer.output.contains("\(kind)/") && answer.output.contains(",\(name)\r\n"), "\(answer)")
            let take = await stage.plaza.run(["user", "revoke", "bob", role, "--scope", scope, "--yes"])
            #expect(take.code == .ok, "\(take.error)")
        }
        let nowhere = await stage.plaza.run(["user", "grant", "bob", "owner", "--scope", "devconf/general"])
        #expect(nowhere.code == .usage && nowhere.error.contains("held in agency"), "\(nowhere.error)")
        let unknown = await stage.plaza.run(["user", "grant", "bob", "organizer", "--scope", "moon"])
        #expect(unknown.code == .notFound)
    }
}

extension Stage {
    fileprivate func audit() async throws -> [AuditEntry] {
        let root = LocalService(plaza.temporary.engine, as: try await plaza.caller(.administrator))
        return try await root.call(.audit, AuditQuery(after: 0, limit: 500)).entries
    }
}
