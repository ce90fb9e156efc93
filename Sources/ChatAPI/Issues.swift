/// Something that happened or has to be done at an event: logged by its staff, with comments, until it is closed.
package struct EventIssue: Codable, Sendable, Equatable {
    package var id: IssueID
    package var event: EventID
    /// Counts from 1 in its event: `#3`.
    package var number: Int64
    package var title: String
    package var text: String?
    package var status: IssueStatus
    package var priority: IssuePriority
    package var createdBy: AccountID
    package var createdAt: Milliseconds
    /// Set by itself with the first status that closes it; gone when it is opened again.
    package var closedAt: Milliseconds?
    package var comments: Int
    /// Grows with each edit: the `ETag` of REST.
    package var version: Int64

    package init(
        id: IssueID,
        event: EventID,
        number: Int64,
        title: String,
        text: String? = nil,
        status: IssueStatus,
        priority: IssuePriority,
        createdBy: AccountID,
        createdAt: Milliseconds,
        closedAt: Milliseconds? = nil,
        comments: Int,
        version: Int64
    ) {
        self.id = id
        self.event = event
        self.number = number
        self.title = title
        self.text = text
        self.status = status
        self.priority = priority
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.closedAt = closedAt
        self.comments = comments
        self.version = version
    }
}

package typealias IssueID = ID<EventIssue>

package enum IssueStatus: String, WireEnum {
    case open
    case inProgress = "in_progress"
    case resolved
    case cancelled
    /// What this program does not know.
    case unknown

    package var isClosed: Bool { self == .resolved || self == .cancelled }
}

package enum IssuePriority: String, WireEnum {
    case low
    case medium
    case high
    /// What this program does not know.
    case unknown
}

package struct IssueDraft: Codable, Sendable {
    package var event: String
    package var title: String
    package var text: String?
    package var priority: IssuePriority?

    package init(event: String, title: String, text: String? = nil, priority: IssuePriority? = nil) {
        self.event = event
        self.title = title
        self.text = text
        self.priority = priority
    }
}

/// What is absent stays; an empty text is removed.
package struct IssueChange: Codable, Sendable {
    package var issue: IssueID
    package var title: String?
    package var text: String?
    package var status: IssueStatus?
    package var priority: IssuePriority?

    package init(
        issue: IssueID,
        title: String? = nil,
        text: String? = nil,
        status: IssueStatus? = nil,
        priority: IssuePriority? = nil
    ) {
        self.issue = issue
        self.title = title
        self.text = text
        self.status = status
        self.priority = priority
    }
}

package struct IssueRef: Codable, Sendable {
    package var issue: IssueID

    package init(_ issue: IssueID) { self.issue = issue }
}

/// Newest first.
package struct IssueQuery: Codable, Sendable {
    package var event: String
    package var status: IssueStatus?
    package var priority: IssuePriority?
    /// Titles that contain this.
    package var query: String?
    package var limit: Int?
    package var cursor: String?

    package init(
        event: String,
        status: IssueStatus? = nil,
        priority: IssuePriority? = nil,
        query: String? = nil,
        limit: Int? = nil,
        cursor: String? = nil
    ) {
        self.event = event
        self.status = status
        self.priority = priority
        self.query = query
        self.limit = limit
        self.cursor = cursor
    }
}

package struct IssueComment: Codable, Sendable, Equatable {
    package var id: CommentID
    package var issue: IssueID
    package var text: String
    package var by: AccountID
    package var at: Milliseconds
    package var editedAt: Milliseconds?

    package init(
        id: CommentID,
        issue: IssueID,
        text: String,
        by: AccountID,
        at: Milliseconds,
        editedAt: Milliseconds? = nil
    ) {
        self.id = id
        self.issue = issue
        self.text = text
        self.by = by
        self.at = at
        self.editedAt = editedAt
    }
}

package typealias CommentID = ID<IssueComment>

package struct CommentDraft: Codable, Sendable {
    package var issue: IssueID
    package var text: String

    package init(issue: IssueID, text: String) {
        self.issue = issue
        self.text = text
    }
}

package struct CommentChange: Codable, Sendable {
    package var comment: CommentID
    package var text: String

    package init(comment: CommentID, text: String) {
        self.comment = comment
        self.text = text
    }
}

package struct CommentRef: Codable, Sendable {
    package var comment: CommentID

    package init(_ comment: CommentID) { self.comment = comment }
}

/// Newest first.
package struct CommentQuery: Codable, Sendable {
    package var issue: IssueID
    package var limit: Int?
    package var cursor: String?

    package init(issue: IssueID, limit: Int? = nil, cursor: String? = nil) {
        self.issue = issue
        self.limit = limit
        self.cursor = cursor
    }
}

extension Endpoint where Input == IssueQuery, Output == Page<EventIssue> {
    package static var listIssues: Self {
        Self("issues.list", .get, "/v1/events/{event}/issues", needs: .manageIssues, "list an event's issues")
    }
}

extension Endpoint where Input == IssueDraft, Output == EventIssue {
    package static var createIssue: Self {
        Self("issues.create", .post, "/v1/events/{event}/issues", needs: .manageIssues, "log an issue of an event")
    }
}

extension Endpoint where Input == IssueRef, Output == EventIssue {
    package static var issue: Self {
        Self("issues.get", .get, "/v1/issues/{issue}", needs: .manageIssues, "show an issue")
    }
}

extension Endpoint where Input == IssueChange, Output == EventIssue {
    package static var changeIssue: Self {
        Self(
            "issues.update",
            .patch,
            "/v1/issues/{issue}",
            needs: .manageIssues,
            "change an issue's title, text, status or priority"
        )
    }
}

extension Endpoint where Input == IssueRef, Output == Empty {
    package static var deleteIssue: Self {
        Self("issues.delete", .delete, "/v1/issues/{issue}", needs: .manageEvents, "delete an issue with its comments")
    }
}

extension Endpoint where Input == CommentQuery, Output == Page<IssueComment> {
    package static var listComments: Self {
        Self("comments.list", .get, "/v1/issues/{issue}/comments", needs: .manageIssues, "list an issue's comments")
    }
}

extension Endpoint where Input == CommentDraft, Output == IssueComment {
    package static var addComment: Self {
        Self("comments.add", .post, "/v1/issues/{issue}/comments", needs: .manageIssues, "comment on an issue")
    }
}

extension Endpoint where Input == CommentChange, Output == IssueComment {
    package static var changeComment: Self {
        Self("comments.update", .patch, "/v1/comments/{comment}", needs: .manageIssues, "change one's own comment")
    }
}

extension Endpoint where Input == CommentRef, Output == Empty {
    package static var deleteComment: Self {
        Self("comments.delete", .delete, "/v1/comments/{comment}", needs: .manageIssues, "delete one's own comment")
    }
}
