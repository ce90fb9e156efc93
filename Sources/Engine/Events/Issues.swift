package import ChatAPI
import Storage

/// An event's issues: logged, moved on and commented by its staff.
package struct Issues: Sendable {
    let database: EngineDatabase

    package init(database: EngineDatabase) { self.database = database }

    static let titleBytes = 200
    static let textBytes = 20_000
    static let commentBytes = 4_000

    package func list(_ query: IssueQuery, _ call: Call) async throws -> Page<EventIssue> {
        let limit = try PageRules.limit(query.limit)
        let words = try PageRules.words(query.query)?.lowercased
        var before = Int64.max
        if let cursor = query.cursor {
            guard let number = Int64(cursor) else { throw PageRules.cursorIsUnknown() }
            before = number
        }
        let start = before
        return try await database.read { tx in
            let event = try Events.readable(query.event, .manageIssues, call, tx)
            let found = try IssueStore.page(query, of: event.id, before: start, words: words, limit: limit + 1, tx)
            let next = found.count > limit ? String(found[limit - 1].number) : nil
            return Page(Array(found.prefix(limit)), nextCursor: next)
        }
    }

    package func get(_ ref: IssueRef, _ call: Call) async throws -> EventIssue {
        try await database.read { tx in try Self.readable(ref.issue, call, tx) }
    }

    package func create(_ draft: IssueDraft, _ call: Call) async throws -> EventIssue {
        try Self.check(title: draft.title, text: draft.text)
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: []) { tx in
            let event = try Events.managed(draft.event, .manageIssues, call, tx)
            let issue = EventIssue(
                id: .fresh(at: call.now),
                event: event.id,
                number: try IssueStore.number(in: event.id, tx),
                title: draft.title,
                text: AgencyRules.kept(draft.text),
                status: .open,
                priority: draft.priority ?? .medium,
                createdBy: account,
                createdAt: call.now,
                comments: 0,
                version: 1
            )
            try IssueStore.insert(issue, tx)
            try tx.audit(call, on: issue.auditObject, after: issue.auditState, in: .event(issue.event))
            return issue
        }
    }

    /// What closes it sets the time by itself; what opens it again takes that away.
    package func update(_ change: IssueChange, _ call: Call) async throws -> EventIssue {
        try Self.check(title: change.title, text: change.text)
        return try await database.perform(call, touching: []) { tx in
            let before = try Self.managed(change.issue, .manageIssues, call, tx)
            try Versions.check(call.options.ifMatch, before.version, "the issue #\(before.number)")
            var issue = before
            if let title = change.title { issue.title = title }
            if let text = change.text { issue.text = AgencyRules.kept(text) }
            if let priority = change.priority { issue.priority = priority }
            if let status = change.status {
                issue.status = status
                issue.closedAt = status.isClosed ? before.closedAt ?? call.now : nil
            }
            guard issue != before else { return before }
            issue.version += 1
            try IssueStore.update(issue, tx)
            try tx.audit(
                call,
                on: issue.auditObject,
                before: before.auditState,
                after: issue.auditState,
                in: .event(issue.event)
            )
            return issue
        }
    }

    package func delete(_ ref: IssueRef, _ call: Call) async throws -> Empty {
        try await database.perform(call, touching: []) { tx in
            let issue = try Self.managed(ref.issue, .manageEvents, call, tx)
            try Versions.check(call.options.ifMatch, issue.version, "the issue #\(issue.number)")
            try IssueStore.delete(issue.id, tx)
            try tx.audit(
                call,
                on: issue.auditObject,
                before: issue.auditState,
                severity: .notice,
                in: .event(issue.event)
            )
            return Empty()
        }
    }

    // MARK: - Comments

    package func comments(_ query: CommentQuery, _ call: Call) async throws -> Page<IssueComment> {
        let limit = try PageRules.limit(query.limit)
        var before = CommentID(high: .max, low: .max)
        if let cursor = query.cursor {
            guard let id = CommentID(cursor) else { throw PageRules.cursorIsUnknown() }
            before = id
        }
        let start = before
        return try await database.read { tx in
            let issue = try Self.readable(query.issue, call, tx)
            let found = try CommentStore.page(of: issue.id, before: start, limit: limit + 1, tx)
            let next = found.count > limit ? found[limit - 1].id.description : nil
            return Page(Array(found.prefix(limit)), nextCursor: next)
        }
    }

    package func comment(_ draft: CommentDraft, _ call: Call) async throws -> IssueComment {
        try Self.check(comment: draft.text)
        let account = try call.caller.signedIn()
        return try await database.perform(call, touching: []) { tx in
            let issue = try Self.managed(draft.issue, .manageIssues, call, tx)
            let comment = IssueComment(
                id: .fresh(at: call.now),
                issue: issue.id,
                text: draft.text,
                by: account,
                at: call.now
            )
            try CommentStore.insert(comment, tx)
            try tx.audit(
                call,
                on: issue.auditObject,
                after: ["comment": .string(comment.id.description)],
                in: .event(issue.event)
            )
            return comment
        }
    }

    package func changeComment(_ change: CommentChange, _ call: Call) async throws -> IssueComment {
        try Self.check(comment: change.text)
        return try await database.perform(call, touching: []) { tx in
            var (comment, issue) = try Self.ownComment(change.comment, call, tx)
            guard comment.text != change.text else { return comment }
            (comment.text, comment.editedAt) = (change.text, call.now)
            try CommentStore.update(comment, tx)
            try tx.audit(
                call,
                on: issue.auditObject,
                after: ["comment": .string(comment.id.description)],
                in: .event(issue.event)
            )
            return comment
        }
    }

    package func deleteComment(_ ref: CommentRef, _ call: Call) async throws -> Empty {
        try await database.perform(call, touching: []) { tx in
            let (comment, issue) = try Self.ownComment(ref.comment, call, tx)
            try CommentStore.delete(comment, tx)
            try tx.audit(
                call,
                on: issue.auditObject,
                before: ["comment": .string(comment.id.description)],
                in: .event(issue.event)
            )
            return Empty()
        }
    }

    // MARK: - Who may

    private static func readable(
        _ id: IssueID,
        _ call: Call,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> EventIssue {
        guard let issue = try IssueStore.find(id, tx) else { throw unknown(id) }
        let place = try SpaceAccess.standing(of: call.caller.account, in: .event(issue.event), tx).place
        guard call.caller.may(.manageIssues, in: place) else { throw unknown(id) }
        return issue
    }

    private static func managed(
        _ id: IssueID,
        _ capability: Capability,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> EventIssue {
        guard let issue = try IssueStore.find(id, tx) else { throw unknown(id) }
        let place = tx.facts.places.place(.event(issue.event))
        // To whoever does not work for the event there is no such issue.
        guard call.caller.may(.manageIssues, in: place) else { throw unknown(id) }
        _ = try call.authorized(capability, in: place, tx)
        return issue
    }

    private static func ownComment(
        _ id: CommentID,
        _ call: Call,
        _ tx: borrowing Transaction
    ) throws -> (comment: IssueComment, issue: EventIssue) {
        guard let comment = try CommentStore.find(id, tx) else {
            throw APIError(.notFound, "there is no comment \(id)")
        }
        let issue = try managed(comment.issue, .manageIssues, call, tx)
        guard comment.by == call.caller.account else {
            throw APIError(.forbidden, "only its author changes or deletes a comment")
        }
        return (comment, issue)
    }

    private static func unknown(_ id: IssueID) -> APIError { APIError(.notFound, "there is no issue \(id)") }

    private static func check(title: String?, text: String?) throws(APIError) {
        if let title {
            try TextRules.checkLine(title, named: "title", limit: titleBytes)
            if TextRules.isBlank(title) { throw .invalid("title", "is empty") }
        }
        if let text { try TextRules.check(text, named: "text", limit: textBytes) }
    }

    private static func check(comment text: String) throws(APIError) {
        try TextRules.check(text, named: "text", limit: commentBytes)
        if TextRules.isBlank(text) { throw .invalid("text", "is empty") }
    }
}

extension EventIssue {
    var auditObject: String { "issue/\(id)" }

    var auditState: JSON {
        [
            "event": .string(event.description), "number": .integer(number), "title": .string(title),
            "status": .string(status.rawValue), "priority": .string(priority.rawValue),
        ]
    }
}
