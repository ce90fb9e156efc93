package import ChatAPI
import Storage

/// Presence and typing as calls: who is there, and saying so. Nothing of it is stored.
package struct Presences: Sendable {
    let database: EngineDatabase
    let board: PresenceBoard
    let clock: any Clock

    package func list(_ query: ChannelRef, _ call: Call) async throws -> PresencePage {
        let channel = try await database.read { tx in
            try ChannelStore.access(query.channel, for: call.caller, tx).id
        }
        return board.page(of: channel)
    }

    /// Over REST there is no connection to set it on: it is set on all of the account's.
    package func set(_ draft: PresenceDraft, _ call: Call) async throws -> Empty {
        board.set(draft.state, of: try call.caller.signedIn())
        return Empty()
    }

    package func typing(_ typing: Typing, _ call: Call) async throws -> Empty {
        let account = try call.caller.signedIn()
        let access = try await database.read { tx in
            try ChannelStore.access(typing.channel.description, for: call.caller, tx)
        }
        guard access.membership != nil else {
            throw APIError(.notMember, "join the channel before writing in it")
        }
        board.typing(account, in: typing.channel, stopped: typing.stopped == true, now: clock.steady)
        return Empty()
    }

    /// `view.set` and `sync` are about the connection that they are called on.
    package func liveOnly<Answer>(_ call: Call) throws -> Answer {
        throw APIError(.badRequest, "\(call.operation) concerns a live connection; call it on one")
    }
}
