import ChatAPI
import Flags

/// Places by the words people use for them: `devconf`, `devconf/general`, `agency/nordlys`, `queue/devconf/help`.
extension Run {
    /// The scope of a role. Where a word could be several things, what the role can be held in decides.
    func scope(_ text: String, for role: Role) async throws -> Scope {
        if let scope = Scope(text) { return scope }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, let kind = Scope.Kind(word: parts[0]) { return try await scope(kind, parts[1]) }
        // A name behind a slash is a channel's or a queue's, one alone an event's or an agency's.
        let kinds: [Scope.Kind] = parts.count == 2 ? [.channel, .queue] : [.event, .agency, .channel]
        let possible = kinds.filter(role.scopes.contains)
        guard !possible.isEmpty else {
            let places = Scope.Kind.words.filter(role.scopes.contains).map(\.rawValue).joined(separator: ", ")
            throw Failure.usage("the role \(role.rawValue) is held in \(places.isEmpty ? "no place" : places)")
        }
        for kind in possible.dropLast() {
            do {
                return try await scope(kind, text)
            } catch let error as APIError where error.code == .notFound {
                continue
            } catch let failure as Failure where failure.problem.code == .notFound {
                continue
            }
        }
        return try await scope(possible[possible.count - 1], text)
    }

    private func scope(_ kind: Scope.Kind, _ name: String) async throws -> Scope {
        switch kind {
        case .platform, .unknown: throw Failure.usage("\"platform\" stands alone: leave --scope out")
        case .agency: .agency(try await call(.agency, AgencyRef(name)).id)
        case .event: .event(try await call(.event, EventRef(name)).id)
        case .channel: .channel(try await channelID(name))
        case .queue: .queue(try await queue(name))
        }
    }
}
