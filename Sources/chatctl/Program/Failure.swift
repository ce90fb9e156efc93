package import ChatAPI
import ChatKit
import Flags

/// What a script sees in `$?`. Documented in `chatctl help exit-codes`; never changed, only added to.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case ok = 0
    case other = 1
    case usage = 2
    case notFound = 3
    case notSignedIn = 4
    case forbidden = 5
    case conflict = 6
    case partly = 7
    case unavailable = 8
    case rateLimited = 9
    case verification = 10
    case interrupted = 130

    /// The one table of code → exit code.
    package init(_ code: APIError.Code) {
        switch code {
        case .notFound: self = .notFound
        case .notSignedIn, .tokenExpired, .wrongPassword: self = .notSignedIn
        case .forbidden, .notMember, .wrongSecret, .banned, .muted, .registrationClosed, .codeInvalid: self = .forbidden
        case .conflict, .nameTaken, .lastAdmin, .invalidTransition, .keyRunning, .preconditionFailed, .cidReused,
            .keyReused, .locked, .alreadyClaimed:
            self = .conflict
        case .badRequest, .invalid, .tooLarge, .unsupportedMedia, .methodNotAllowed: self = .usage
        case .rateLimited: self = .rateLimited
        case .overloaded, .outcomeUnknown, .storageFull, .draining, .unavailable, .timedOut: self = .unavailable
        case .internal, .upgradeRequired: self = .other
        }
    }

    var meaning: String {
        switch self {
        case .ok: "Done."
        case .other: "Something else went wrong; the sentence says what."
        case .usage: "The line cannot be understood, or the daemon refuses a value on it."
        case .notFound: "There is no such thing, or you may not know of it."
        case .notSignedIn: "Not signed in, the session has ended, or the password is wrong."
        case .forbidden: "Signed in, but not allowed."
        case .conflict: "It contradicts what is there: a name is taken, --if-match is not the newest version."
        case .partly: "Of several things some were done and some were not; there is a result for each."
        case .unavailable: "The daemon cannot be reached, is too busy, or did not answer in time."
        case .rateLimited: "Too many calls; the sentence says how long to wait."
        case .verification: "The audit log was checked and is not intact."
        case .interrupted: "Interrupted with Ctrl-C."
        }
    }
}

/// Why a command ends without having done its work.
package struct Failure: Error, Sendable, Equatable {
    package var problem: APIError
    package var exit: ExitCode
    /// What one may do about it, as a sentence of its own.
    package var hint: String?
    /// Everything has been said already: a line per thing that failed.
    package var isTold = false

    package init(_ problem: APIError, exit: ExitCode? = nil, hint: String? = nil) {
        self.problem = problem
        self.exit = exit ?? ExitCode(problem.code)
        self.hint = hint
    }

    package static func usage(_ sentence: String, hint: String? = nil) -> Failure {
        Failure(APIError(.badRequest, sentence), exit: .usage, hint: hint)
    }

    /// Whatever was thrown.
    init(thrown error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let problem as APIError: self.init(problem)
        case let error as ProfileError:
            self.init(error.apiError, exit: error.kind == .file ? .other : error.kind == .usage ? .usage : .unavailable)
        case let error as Files.Failure: self.init(APIError(.internal, error.sentence), exit: .other)
        case let error as UsageError: self = .usage(error.message, hint: error.hint)
        case is CancellationError: self.init(APIError(.internal, "interrupted"), exit: .interrupted)
        default: self.init(APIError(.internal, "\(error)"))
        }
    }

    /// The hint that belongs to the code, where none was given.
    private var advice: String? {
        if let hint { return hint }
        switch problem.code {
        case .notSignedIn, .tokenExpired: return "sign in with \"chatctl login NAME\""
        case .preconditionFailed: return "show it again and repeat with its newest version"
        case .rateLimited, .overloaded, .draining:
            return problem.retryAfterMilliseconds.map { "try again in \(SpanText.wait($0))" }
        case .outcomeUnknown: return "it may have happened: look, or repeat with the same --idempotency-key"
        default: return nil
        }
    }

    /// For people, or as `application/problem+json` with the exit code added.
    func tell(_ console: some Console, as format: Format) {
        if isTold { return }
        switch format {
        case .json, .jsonl:
            var node = Node(problem).adding("exitCode", .integer(Int64(exit.rawValue)))
            if let advice { node = node.adding("hint", .text(advice)) }
            console.say(format == .json ? JSONText.pretty(node) : JSONText.line(node))
        default:
            console.say("chatctl: \(VisibleText.block(problem.detail, indent: "  "))")
            // One wrong member is named in the sentence already.
            for error in problem.errors where problem.errors.count > 1 {
                console.say("  \(VisibleText.line(error.pointer)): \(VisibleText.line(error.message))")
            }
            if !problem.allowed.isEmpty {
                console.say("  possible: \(VisibleText.line(problem.allowed.joined(separator: ", ")))")
            }
            if let advice { console.say("  \(advice)") }
            if let id = problem.requestID { console.say("  request \(VisibleText.line(id))") }
        }
    }
}
