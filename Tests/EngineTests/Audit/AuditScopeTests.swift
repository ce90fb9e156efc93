import ChatAPI
import ChatTestKit
import Engine
import Testing

/// Whoever reads the audit log of an event or an agency reads everything that happened there: the help desk, the issues, the
/// people, and not only what its own row went through.
@Suite("Audit: what belongs to whom")
struct AuditScopeTests {
    @Test func `an owner reads every step of the help desk, the issues and the staff in the audit log of the event`()
        async throws
    {
        let desk = try await DeskWorld()
        let (ana, orla) = (try await desk.participant("ana"), try await desk.organizer("orla"))
        let request = try await desk.ask(ana)
        _ = try await orla.call(.claimRequest, RequestRef(request.id))
        _ = try await orla.call(.releaseRequest, ClaimRef(request: request.id))
        let chat = try await orla.call(.takeNext, QueueRef(desk.queue))
        _ = try await ana.call(.endChat, ChatEnding(chat: chat.id))
        _ = try await ana.call(.rateChat, RatingDraft(chat: chat.id, stars: 4))
        let issue = try await desk.owner.call(.createIssue, IssueDraft(event: "fair", title: "no coffee"))
        _ = try await desk.owner.call(.addComment, CommentDraft(issue: issue.id, text: "on its way"))
        _ = try await desk.owner.call(
            .setReply,
            ReplyDraft(scope: Scope.event(desk.event.id).description, key: "wait", text: "a moment, please")
        )
        let place = Scope.queue(desk.queue)
        _ = try await desk.owner.call(.giveGrant, GrantDraft(account: "ana", role: .supervisor, scope: place))

        let steps: Set = [
            "requests.ask", "requests.claim", "requests.release", "requests.takeNext", "requests.end", "chats.end",
            "chats.rate", "issues.create", "comments.add", "replies.set", "grants.give",
        ]
        for scope in ["event/fair", "agency/acme"] {
            let read = try await actions(in: scope, of: desk)
            #expect(steps.subtracting(read).isEmpty, "\(scope)")
        }
        #expect(try await actions(in: "agency/acme", of: desk).contains("staff.create"))
    }

    @Test func `what the daemon does by itself at the desk is in the audit log of the event`() async throws {
        let desk = try await DeskWorld(sla: SLAPolicy(firstAnswerMs: 60_000))
        let (ana, orla) = (try await desk.participant("ana"), try await desk.organizer("orla"))
        let request = try await desk.ask(ana)
        _ = try await orla.call(.claimRequest, RequestRef(request.id))
        try await desk.pass(.seconds(3_600))
        let read = try await actions(in: "event/fair", of: desk)
        #expect(Set(["requests.lapse", "sla.breached"]).subtracting(read).isEmpty)
    }

    @Test func `what something was done to is called by its name, and found by it`() async throws {
        let desk = try await DeskWorld()
        let (ana, orla) = (try await desk.participant("ana"), try await desk.organizer("orla"))
        let request = try await desk.ask(ana)
        let chat = try await orla.call(.takeRequest, RequestRef(request.id))
        _ = try await ana.call(.endChat, ChatEnding(chat: chat.id))
        _ = try await desk.owner.call(.setPosting, PostingChange(channel: "fair/general", slowModeMs: 10_000))
        func names(_ query: AuditQuery) async throws -> [String: String?] {
            let page = try await desk.owner.call(.audit, query)
            return Dictionary(page.entries.map { ($0.object, $0.objectName) }) { first, _ in first }
        }
        let all = try await names(AuditQuery(after: 0, scope: "event/fair", limit: 500))
        #expect(all["request/\(request.id)"] == "ana" && all["chat/\(chat.id)"] == "ana")
        #expect(all["event/\(desk.event.id)"] == "fair" && all["queue/\(desk.queue)"] == "fair/help")
        let general = try await desk.owner.call(.channel, ChannelRef("fair/general")).id
        #expect(all["channel/\(general)"] == "fair/general")
        for (object, found) in [
            ("channel/fair/general", "fair/general"), ("channel/\(general)", "fair/general"), ("event/fair", "fair"),
        ] {
            let page = try await names(AuditQuery(after: 0, object: object, scope: "event/fair", limit: 500))
            #expect(page.count == 1 && page.values.first == found, "\(object)")
        }
        #expect(try await names(AuditQuery(after: 0, object: "event/none", scope: "event/fair")).isEmpty)
        let staff = try await names(AuditQuery(after: 0, object: "account/orla", scope: "agency/acme"))
        #expect(staff == ["account/\(orla.id)": "orla"])
    }

    private func actions(in scope: String, of desk: DeskWorld) async throws -> Set<String> {
        Set(try await desk.owner.call(.audit, AuditQuery(after: 0, scope: scope, limit: 500)).entries.map(\.action))
    }
}
