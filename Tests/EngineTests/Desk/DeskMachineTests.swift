import ChatAPI
import Testing

@testable import Engine

/// The tables of requests and chats: every state, every action, every kind of caller.
@Suite("Help desk: machines")
struct DeskMachineTests {
    private enum Who: String, CaseIterable {
        case participant, organizer, holder, chatting, supervisor, daemon, stranger

        var request: RequestMachine.Facts {
            var facts = RequestMachine.Facts()
            switch self {
            case .participant: facts.isParticipant = true
            case .organizer: facts.isOrganizer = true
            case .holder:
                facts.isOrganizer = true
                facts.isHolder = true
            case .chatting:
                facts.isOrganizer = true
                facts.hasChat = true
            case .supervisor: facts.isSupervisor = true
            case .daemon: facts.isDaemon = true
            case .stranger: break
            }
            return facts
        }

        var chat: ChatMachine.Facts {
            var facts = ChatMachine.Facts()
            switch self {
            case .participant: facts.isParticipant = true
            case .organizer, .holder: facts.isStaff = true
            case .chatting:
                facts.isStaff = true
                facts.isOrganizer = true
            case .supervisor: facts.isSupervisor = true
            case .daemon: facts.isDaemon = true
            case .stranger: break
            }
            return facts
        }
    }

    /// What is allowed; everything else is refused. Written by hand, from the diagram, not from the table.
    private static let requests: [String: [String: String]] = [
        "queued": [
            "add_text": "participant → queued", "cancel": "participant → cancelled",
            "claim": "organizer holder chatting → claimed", "take": "organizer holder chatting → in_chat",
            "reject": "organizer holder chatting → rejected", "transfer": "organizer holder chatting → queued",
            "expire": "daemon → expired",
        ],
        "claimed": [
            "add_text": "participant → claimed", "cancel": "participant → cancelled", "accept": "holder → in_chat",
            "take": "holder → in_chat", "release": "holder → queued", "reject": "holder → rejected",
            "transfer": "holder → queued", "lapse": "daemon → queued",
        ],
        "in_chat": [
            "requeue": "chatting supervisor daemon → queued", "end": "participant chatting supervisor daemon → done",
        ],
        "done": [:], "cancelled": [:], "rejected": [:], "expired": [:],
    ]
    private static let chats: [String: [String: String]] = [
        "open": [
            "note": "organizer holder chatting supervisor → open", "hold": "chatting → on_hold",
            "transfer": "chatting supervisor daemon → open", "requeue": "chatting supervisor daemon → open",
            "end": "participant chatting supervisor daemon → ended", "idle_end": "daemon → ended",
        ],
        "on_hold": [
            "note": "organizer holder chatting supervisor → on_hold", "resume": "chatting → open",
            "transfer": "chatting supervisor daemon → open", "requeue": "chatting supervisor daemon → open",
            "end": "participant chatting supervisor daemon → ended", "idle_end": "daemon → ended",
        ],
        "ended": ["note": "organizer holder chatting supervisor → ended", "rate": "participant → rated"],
        "rated": ["note": "organizer holder chatting supervisor → rated"],
    ]

    @Test func `every request's state takes what the diagram says, from whom it says, and nothing else`() throws {
        for state in RequestState.words {
            for action in RequestAction.words {
                for who in Who.allCases {
                    let outcome = Self.outcome { () throws(APIError) in
                        try RequestMachine.table.step(from: state, action, who.request).to.rawValue
                    }
                    let expected = Self.expected(Self.requests, state.rawValue, action.rawValue, who)
                    #expect(outcome == expected, "\(state.rawValue), \(action.rawValue), \(who.rawValue)")
                }
            }
        }
    }

    @Test func `every chat's state takes what the diagram says, from whom it says, and nothing else`() throws {
        for state in ChatState.words {
            for action in ChatAction.words {
                for who in Who.allCases {
                    let outcome = Self.outcome { () throws(APIError) in
                        try ChatMachine.table.step(from: state, action, who.chat).to.rawValue
                    }
                    let expected = Self.expected(Self.chats, state.rawValue, action.rawValue, who)
                    #expect(outcome == expected, "\(state.rawValue), \(action.rawValue), \(who.rawValue)")
                }
            }
        }
    }

    @Test func `the tables have no row that is never taken and no state that is never reached`() {
        #expect(RequestMachine.table.flaws(first: .queued).isEmpty)
        #expect(ChatMachine.table.flaws(first: .open).isEmpty)
    }

    @Test func `a request that was in a chat is ended by a side of that chat, and is like any other for the rest`()
        throws
    {
        for state in RequestState.words {
            for action in RequestAction.words {
                for who in Who.allCases {
                    var facts = who.request
                    facts.isResumed = true
                    let outcome = Self.outcome { () throws(APIError) in
                        try RequestMachine.table.step(from: state, action, facts).to.rawValue
                    }
                    var expected = Self.expected(Self.requests, state.rawValue, action.rawValue, who)
                    if action == .end, state == .queued || state == .claimed {
                        let isSide = [.participant, .chatting, .supervisor, .daemon].contains(who)
                        expected = isSide ? "done" : "forbidden"
                    }
                    #expect(outcome == expected, "\(state.rawValue), \(action.rawValue), \(who.rawValue)")
                }
            }
        }
    }

    @Test func `a refusal names the state, the action, and what whoever asks may do instead`() {
        for state in RequestState.words {
            for action in RequestAction.words {
                for who in Who.allCases {
                    let allowed = RequestMachine.table.allowed(from: state, who.request)
                    do throws(APIError) {
                        _ = try RequestMachine.table.step(from: state, action, who.request)
                        #expect(allowed.contains(action))
                    } catch {
                        #expect(error.from == state.rawValue && error.action == action.rawValue)
                        #expect(error.allowed == allowed.map(\.rawValue) && !allowed.contains(action))
                    }
                }
            }
        }
        for state in ChatState.words {
            for action in ChatAction.words {
                for who in Who.allCases {
                    let allowed = ChatMachine.table.allowed(from: state, who.chat)
                    do throws(APIError) {
                        _ = try ChatMachine.table.step(from: state, action, who.chat)
                        #expect(allowed.contains(action))
                    } catch {
                        #expect(error.from == state.rawValue && error.action == action.rawValue)
                        #expect(error.allowed == allowed.map(\.rawValue) && !allowed.contains(action))
                    }
                }
            }
        }
    }

    @Test func `each step's effects are those of the diagram`() throws {
        func effects(_ state: RequestState, _ action: RequestAction, _ who: Who, resumed: Bool = false) throws
            -> [String]
        {
            var facts = who.request
            facts.isResumed = resumed
            return try RequestMachine.table.step(from: state, action, facts).effects.map(\.rawValue)
        }
        #expect(try effects(.queued, .claim, .organizer) == ["startLease"])
        #expect(try effects(.claimed, .accept, .holder) == ["endLease", "openChat"])
        #expect(try effects(.queued, .take, .organizer) == ["openChat"])
        #expect(try effects(.claimed, .take, .holder) == ["endLease", "openChat"])
        for (action, who) in [(RequestAction.release, Who.holder), (.transfer, .holder), (.lapse, .daemon)] {
            #expect(try effects(.claimed, action, who) == ["endLease"], "\(action.rawValue)")
        }
        #expect(try effects(.inChat, .requeue, .chatting) == ["leaveChat"])
        for (action, who) in [(RequestAction.cancel, Who.participant), (.reject, .organizer), (.expire, .daemon)] {
            #expect(try effects(.queued, action, who) == ["endChat", "settle"], "\(action.rawValue)")
        }
        for (action, who) in [(RequestAction.cancel, Who.participant), (.reject, .holder)] {
            #expect(try effects(.claimed, action, who) == ["endLease", "endChat", "settle"], "\(action.rawValue)")
        }
        #expect(try effects(.inChat, .end, .participant) == ["settle"])
        #expect(try effects(.queued, .end, .participant, resumed: true) == ["settle"])
        #expect(try effects(.claimed, .end, .participant, resumed: true) == ["endLease", "settle"])
    }

    @Test func `every end of a request settles it, and only what is open is open`() {
        for row in RequestMachine.table.rows {
            #expect(row.effects.contains(.settle) == !row.to.isOpen, "\(row.action.rawValue)")
        }
        for row in ChatMachine.table.rows where row.from.contains(.open) {
            #expect(row.effects.contains(.close) == row.to.isOver, "\(row.action.rawValue)")
        }
    }

    private static func outcome(_ step: () throws(APIError) -> String) -> String {
        do throws(APIError) { return try step() } catch { return error.code.rawValue }
    }

    private static func expected(
        _ table: [String: [String: String]],
        _ state: String,
        _ action: String,
        _ who: Who
    ) -> String {
        guard let row = table[state]?[action] else {
            // `end` on a request that waits is a row for resumed chats only: to all others it is forbidden.
            return action == "end" && (state == "queued" || state == "claimed") ? "forbidden" : "invalid_transition"
        }
        let parts = row.split(separator: "→").map { $0.split(separator: " ").map(String.init) }
        return parts[0].contains(who.rawValue) ? parts[1][0] : "forbidden"
    }
}
