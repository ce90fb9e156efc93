package import ChatAPI
import Storage

/// Canned replies: one's own, an event's, an agency's; listing, writing, deleting, and filling one in for a chat.
package struct CannedReplies: Sendable {
    let desk: Desk

    /// Everything one can use, by scope and key.
    package func list(_ query: ReplyQuery, _ call: Call) async throws -> Page<CannedReply> {
        let account = try call.caller.signedIn()
        let limit = try PageRules.limit(query.limit)
        let scopes = try scopes(query.scope, of: account, call.caller)
        let start = try ReplyCursor(query.cursor)
        return try await desk.database.read { tx in
            var items: [CannedReply] = []
            for scope in scopes where start.map({ scope >= $0.scope }) ?? true {
                let after = start?.scope == scope ? start?.key ?? "" : ""
                items += try CannedReplyStore.replies(in: scope, after: after, limit: limit + 1 - items.count, tx)
                guard items.count > limit else { continue }
                return Page(
                    items.prefix(limit).map(CannedReplyRules.shown),
                    nextCursor: ReplyCursor(items[limit - 1]).text
                )
            }
            return Page(items.map(CannedReplyRules.shown))
        }
    }

    /// The scopes as they are stored, in order: the one that was named, or every one the caller works in.
    private func scopes(_ named: String?, of account: AccountID, _ caller: Caller) throws(APIError) -> [String] {
        if let named {
            let (stored, place) = try CannedReplyRules.stored(named, of: account)
            if let place { try caller.require(.handleRequests, in: desk.authority.place(place)) }
            return [stored]
        }
        var scopes: Set<String> = [CannedReplyRules.ownScope(of: account)]
        for queue in desk.board.queues() where caller.may(.handleRequests, in: desk.place(of: queue)) {
            scopes.insert(queue.space.description)
            scopes.insert(Scope.agency(queue.agency).description)
        }
        return scopes.sorted()
    }

    package func set(_ draft: ReplyDraft, _ call: Call) async throws -> CannedReply {
        let account = try call.caller.signedIn()
        try CannedReplyRules.check(draft)
        let (scope, place) = try CannedReplyRules.stored(draft.scope, of: account)
        return try await desk.database.perform(call, touching: [.account(account)]) { tx in
            if let place { _ = try call.authorized(.manageQueues, in: tx.facts.places.place(place), tx) }
            let before = try CannedReplyStore.reply(draft.key, in: scope, tx)
            if before == nil, try CannedReplyStore.count(in: scope, tx) >= Limits.repliesPerScope {
                throw APIError(
                    .conflict,
                    "there are \(Limits.repliesPerScope) canned replies here, the most there can be"
                )
            }
            let reply = CannedReply(
                id: before?.id ?? .fresh(at: call.now),
                scope: scope,
                key: draft.key,
                text: draft.text,
                changedAt: call.now
            )
            try CannedReplyStore.upsert(reply, tx)
            try tx.audit(
                call,
                on: "reply/\(reply.id)",
                before: before.map(Self.state),
                after: Self.state(reply),
                in: Scope(reply.scope)
            )
            return CannedReplyRules.shown(reply)
        }
    }

    package func delete(_ ref: ReplyRef, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        return try await desk.database.perform(call, touching: [.account(account)]) { tx in
            guard let reply = try CannedReplyStore.reply(ref.reply, tx) else { throw Self.noReply(ref.reply) }
            if reply.scope != CannedReplyRules.ownScope(of: account) {
                guard let scope = Scope(reply.scope) else { throw Self.noReply(ref.reply) }
                let place = tx.facts.places.place(scope)
                let caller = try call.callerNow(tx)
                guard caller.may(.handleRequests, in: place) || caller.may(.manageQueues, in: place) else {
                    throw Self.noReply(ref.reply)
                }
                try caller.require(.manageQueues, in: place)
            }
            try CannedReplyStore.delete(reply.id, tx)
            try tx.audit(call, on: "reply/\(reply.id)", before: Self.state(reply), in: Scope(reply.scope))
            return Empty()
        }
    }

    /// The nearest reply of a key, filled in for a chat: to be looked at, changed and sent.
    package func fill(_ use: ReplyUse, _ call: Call) async throws -> FilledReply {
        let account = try call.caller.signedIn()
        let desk = desk
        return try await desk.database.read { tx in
            guard let chat = try ChatStore.chat(use.chat, tx), let queue = try QueueStore.queue(chat.queue, tx),
                ChatView.rights(call.caller, of: chat, in: desk.place(of: queue)).isStaff
            else { throw DeskRefusal.noChat(use.chat) }
            var scopes = [CannedReplyRules.ownScope(of: account)]
            if let event = queue.event { scopes.append(Scope.event(event).description) }
            scopes.append(Scope.agency(queue.agency).description)
            for scope in scopes {
                guard let reply = try CannedReplyStore.reply(use.key, in: scope, tx) else { continue }
                let values = [
                    "participant": try CannedReplyRules.name(AccountStore.find(chat.participant, tx)),
                    "organizer": try CannedReplyRules.name(AccountStore.find(account, tx)),
                    "event": try queue.event.map { try EventDoor.name(of: $0, tx) } ?? queue.name,
                    "queue": queue.name,
                ]
                return FilledReply(key: reply.key, text: CannedReplyRules.filled(reply.text, values))
            }
            throw APIError(.notFound, "there is no canned reply '\(use.key.prefix(40))'")
        }
    }

    private static func noReply(_ id: ReplyID) -> APIError { APIError(.notFound, "there is no canned reply \(id)") }

    private static func state(_ reply: CannedReply) -> JSON {
        ["scope": .string(reply.scope), "key": .string(reply.key), "text": .string(reply.text)]
    }
}

/// Where a list of canned replies goes on.
private struct ReplyCursor {
    let scope: String
    let key: String

    init(_ reply: CannedReply) {
        scope = reply.scope
        key = reply.key
    }

    init?(_ text: String?) throws(APIError) {
        guard let text else { return nil }
        guard let space = text.firstIndex(of: " ") else { throw PageRules.cursorIsUnknown() }
        scope = String(text[..<space])
        key = String(text[text.index(after: space)...])
    }

    var text: String { "\(scope) \(key)" }
}
