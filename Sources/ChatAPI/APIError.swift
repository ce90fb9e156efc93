/// A refusal, as RFC 9457 says it: what was wrong, which limit, what may be done. The same over REST and live.
package struct APIError: Error, Sendable, Equatable {
    package var code: Code
    /// A sentence for people, lower case, that names what was wrong and the limit.
    package var detail: String
    /// The operation or the path that was called.
    package var instance: String?
    package var requestID: String?
    /// How long to wait before repeating, where waiting helps.
    package var retryAfterMilliseconds: Int64?
    /// One line per wrong member of the input.
    package var errors: [FieldError]
    /// What would be accepted instead, where that is a list.
    package var allowed: [String]
    /// The HTTP status, where HTTP is more exact than the code: 414 and 431 for `too_large`, 501 and 505 for `bad_request`.
    package var exactStatus: Int?
    /// A step that a workflow did not take: the state it is in, and what was asked of it. `allowed` says what it takes.
    package var from: String?
    package var action: String?
    /// `already_claimed`: who has it, and until when a claim holds; no end where it is taken.
    package var by: AccountID?
    package var until: Milliseconds?

    package init(
        _ code: Code,
        _ detail: String,
        retryAfterMilliseconds: Int64? = nil,
        errors: [FieldError] = [],
        allowed: [String] = []
    ) {
        self.code = code
        self.detail = detail
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.errors = errors
        self.allowed = allowed
    }

    /// What HTTP answers.
    package var status: Int { exactStatus ?? code.status }

    /// One wrong member of the input.
    package static func invalid(_ member: String, _ message: String) -> APIError {
        APIError(.invalid, "\(member) \(message)", errors: [FieldError(pointer: "/" + member, message: message)])
    }
}

/// Where in the input something was wrong, and what.
package struct FieldError: Codable, Sendable, Equatable {
    /// JSON Pointer (RFC 6901).
    package var pointer: String
    package var message: String

    package init(pointer: String, message: String) {
        self.pointer = pointer
        self.message = message
    }
}

extension APIError {
    /// The closed list of codes. Scripts rely on the names: they are never changed, only added to.
    package enum Code: String, WireEnum {
        case badRequest = "bad_request"
        case notSignedIn = "not_signed_in"
        case tokenExpired = "token_expired"
        case wrongPassword = "wrong_password"
        case forbidden
        case notMember = "not_member"
        case wrongSecret = "wrong_secret"
        case banned
        case muted
        case registrationClosed = "registration_closed"
        case codeInvalid = "code_invalid"
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case conflict
        case nameTaken = "name_taken"
        case lastAdmin = "last_admin"
        case invalidTransition = "invalid_transition"
        case locked
        case alreadyClaimed = "already_claimed"
        case keyRunning = "key_running"
        case preconditionFailed = "precondition_failed"
        case tooLarge = "too_large"
        case unsupportedMedia = "unsupported_media"
        case invalid
        case cidReused = "cid_reused"
        case keyReused = "key_reused"
        case upgradeRequired = "upgrade_required"
        case rateLimited = "rate_limited"
        case `internal`
        case outcomeUnknown = "outcome_unknown"
        case overloaded
        case storageFull = "storage_full"
        case draining
        case unavailable
        case timedOut = "timed_out"

        /// The one table of code → HTTP status and title.
        package var status: Int { row.status }
        package var title: String { row.title }

        private var row: (status: Int, title: String) {
            switch self {
            case .badRequest: (400, "Bad request")
            case .notSignedIn: (401, "Not signed in")
            case .tokenExpired: (401, "Token expired")
            case .wrongPassword: (401, "Wrong name or password")
            case .forbidden: (403, "Forbidden")
            case .notMember: (403, "Not a member")
            case .wrongSecret: (403, "Wrong join secret")
            case .banned: (403, "Banned")
            case .muted: (403, "May not write now")
            case .registrationClosed: (403, "Registration is closed")
            case .codeInvalid: (403, "Code is not valid")
            case .notFound: (404, "Not found")
            case .methodNotAllowed: (405, "Method not allowed")
            case .conflict: (409, "Conflict")
            case .nameTaken: (409, "Name is taken")
            case .lastAdmin: (409, "The last administrator stays")
            case .invalidTransition: (409, "Not possible in this state")
            case .locked: (423, "Locked by someone else")
            case .alreadyClaimed: (409, "Somebody else has it")
            case .keyRunning: (409, "The first call with this key is still running")
            case .preconditionFailed: (412, "Changed by someone else")
            case .tooLarge: (413, "Too large")
            case .unsupportedMedia: (415, "Unsupported media type")
            case .invalid: (422, "Invalid input")
            case .cidReused: (422, "This cid belongs to another message")
            case .keyReused: (422, "This key belongs to another call")
            case .upgradeRequired: (426, "Upgrade required")
            case .rateLimited: (429, "Too many calls")
            case .internal: (500, "Internal error")
            case .outcomeUnknown: (503, "Outcome unknown: repeat with the same key")
            case .overloaded: (503, "Overloaded")
            case .storageFull: (503, "Storage is full")
            case .draining: (503, "Shutting down")
            case .unavailable: (503, "Unavailable")
            case .timedOut: (504, "Timed out")
            }
        }
    }
}

extension APIError: Codable {
    private enum Key: String, CodingKey {
        case type, title, status, detail, instance, code, requestId, retryAfterMs, errors, from, action, allowed, by,
            until
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("urn:plaza:error:" + code.rawValue, forKey: .type)
        try container.encode(code.title, forKey: .title)
        try container.encode(status, forKey: .status)
        try container.encode(detail, forKey: .detail)
        try container.encodeIfPresent(instance, forKey: .instance)
        try container.encode(code, forKey: .code)
        try container.encodeIfPresent(requestID, forKey: .requestId)
        try container.encodeIfPresent(retryAfterMilliseconds, forKey: .retryAfterMs)
        if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
        try container.encodeIfPresent(from, forKey: .from)
        try container.encodeIfPresent(action, forKey: .action)
        // Of a workflow that has ended, an empty list is the answer.
        if !allowed.isEmpty || from != nil { try container.encode(allowed, forKey: .allowed) }
        try container.encodeIfPresent(by, forKey: .by)
        try container.encodeIfPresent(until, forKey: .until)
    }

    /// A code this program does not know yet becomes the most general one of its status.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let name = try container.decodeIfPresent(String.self, forKey: .code) ?? ""
        let status = try container.decodeIfPresent(Int.self, forKey: .status) ?? 500
        code = Code(rawValue: name) ?? Code.general(for: status)
        detail = try container.decodeIfPresent(String.self, forKey: .detail) ?? code.title
        instance = try container.decodeIfPresent(String.self, forKey: .instance)
        requestID = try container.decodeIfPresent(String.self, forKey: .requestId)
        retryAfterMilliseconds = try container.decodeIfPresent(Int64.self, forKey: .retryAfterMs)
        errors = try container.decodeIfPresent([FieldError].self, forKey: .errors) ?? []
        from = try container.decodeIfPresent(String.self, forKey: .from)
        action = try container.decodeIfPresent(String.self, forKey: .action)
        allowed = try container.decodeIfPresent([String].self, forKey: .allowed) ?? []
        by = try container.decodeIfPresent(AccountID.self, forKey: .by)
        until = try container.decodeIfPresent(Milliseconds.self, forKey: .until)
    }
}

extension APIError.Code {
    /// The most general code of an HTTP status.
    package static func general(for status: Int) -> Self {
        switch status {
        case 401: .notSignedIn
        case 403: .forbidden
        case 404: .notFound
        case 405: .methodNotAllowed
        case 409: .conflict
        case 412: .preconditionFailed
        case 413, 414, 431: .tooLarge
        case 415: .unsupportedMedia
        case 422: .invalid
        case 423: .locked
        case 426: .upgradeRequired
        case 429: .rateLimited
        case 503: .unavailable
        case 504: .timedOut
        case 400..<500, 501, 505: .badRequest
        default: .internal
        }
    }
}
