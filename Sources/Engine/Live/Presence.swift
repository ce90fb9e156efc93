package import ChatAPI
import Synchronization

/// Who is there and who is writing: what the open connections say, never stored.
///
/// Loops report changes; once a second one of them takes what changed, merged per channel. Someone whose last
/// connection closed is announced as offline after 30 s, so that a reconnect is not news. `now` is milliseconds of the clock
/// that cannot jump: set back by an hour, it would leave people there, and writing, for an hour.
package final class PresenceBoard: Sendable {
    /// Lock tier 2.
    private let state = Mutex(State())

    package static let offlineAfterMilliseconds: Int64 = 30_000
    /// A client repeats `typing` every 4 s while somebody writes.
    package static let typingMilliseconds: Int64 = 6_000

    private struct State {
        var people: [AccountID: Person] = [:]
        /// Members with an open connection, by channel.
        var online: [ChannelID: [AccountID: Int]] = [:]
        var typing: [ChannelID: [AccountID: Int64]] = [:]
        var changedPresence: [ChannelID: Set<AccountID>] = [:]
        var changedPeople: Set<AccountID> = []
        var changedTyping: [ChannelID: [AccountID: Bool]] = [:]
        var leaving: [AccountID: Int64] = [:]
    }

    private struct Person {
        var connections: [ObjectIdentifier: PresenceState] = [:]
        var statusText: String?
        var channels: [ChannelID: Int] = [:]

        /// Do not disturb wins, then the most present of the connections.
        var state: PresenceState {
            var best = PresenceState.offline
            for state in connections.values {
                switch state {
                case .doNotDisturb: return .doNotDisturb
                case .online: best = .online
                case .away: if best == .offline { best = .away }
                case .offline, .unknown: break
                }
            }
            return best
        }
    }

    package init() {}

    // MARK: - What connections report

    package func opened(
        _ connection: ObjectIdentifier,
        by account: AccountID,
        statusText: String?,
        in channels: some Sequence<ChannelID>
    ) {
        state.withLock { state in
            let before = state.people[account]?.state ?? .offline
            if state.leaving.removeValue(forKey: account) != nil {
                // Back before anyone was told: what the last connection left behind goes without a word.
                for (channel, count) in state.people[account]?.channels ?? [:] {
                    Self.release(channel, account, count: count, &state)
                }
                state.people[account]?.connections.removeAll()
                state.people[account]?.channels.removeAll()
            }
            state.people[account, default: Person()].connections[connection] = .online
            state.people[account]?.statusText = statusText
            for channel in channels {
                state.people[account]?.channels[channel, default: 0] += 1
                state.online[channel, default: [:]][account, default: 0] += 1
            }
            if before != state.people[account]?.state { Self.mark(account, &state) }
        }
    }

    package func closed(
        _ connection: ObjectIdentifier,
        by account: AccountID,
        in channels: some Sequence<ChannelID>,
        now: Int64
    ) {
        state.withLock { state in
            guard let person = state.people[account], person.connections[connection] != nil else { return }
            guard person.connections.count > 1 else {
                state.leaving[account] = now + Self.offlineAfterMilliseconds
                return
            }
            state.people[account]?.connections[connection] = nil
            for channel in channels { Self.leave(channel, account, &state) }
            if person.state != state.people[account]?.state { Self.mark(account, &state) }
        }
    }

    package func set(_ presence: PresenceState, on connection: ObjectIdentifier, of account: AccountID) {
        state.withLock { state in
            guard let before = state.people[account]?.state else { return }
            state.people[account]?.connections[connection] = presence
            if before != state.people[account]?.state { Self.mark(account, &state) }
        }
    }

    /// The same on every connection of the account.
    package func set(_ presence: PresenceState, of account: AccountID) {
        state.withLock { state in
            guard let person = state.people[account] else { return }
            for connection in person.connections.keys { state.people[account]?.connections[connection] = presence }
            if person.state != state.people[account]?.state { Self.mark(account, &state) }
        }
    }

    package func set(statusText: String?, of account: AccountID) {
        state.withLock { state in
            guard state.people[account] != nil else { return }
            state.people[account]?.statusText = statusText
            Self.mark(account, &state)
        }
    }

    package func joined(_ account: AccountID, _ channel: ChannelID) {
        state.withLock { state in
            state.people[account]?.channels[channel, default: 0] += 1
            state.online[channel, default: [:]][account, default: 0] += 1
            state.changedPresence[channel, default: []].insert(account)
        }
    }

    package func left(_ account: AccountID, _ channel: ChannelID) {
        state.withLock { state in
            Self.leave(channel, account, &state)
            state.changedPresence[channel, default: []].insert(account)
        }
    }

    package func typing(_ account: AccountID, in channel: ChannelID, stopped: Bool, now: Int64) {
        state.withLock { state in
            let wasTyping = state.typing[channel]?[account] != nil
            if stopped {
                state.typing[channel]?[account] = nil
            } else {
                state.typing[channel, default: [:]][account] = now + Self.typingMilliseconds
            }
            if wasTyping == stopped { state.changedTyping[channel, default: [:]][account] = !stopped }
        }
    }

    // MARK: - What others are told

    /// What changed since the last time, merged per channel, and the people who changed.
    package func takeChanges(now: Int64) -> (channels: [Ephemeral], people: [Presence]) {
        state.withLock { state in
            Self.expire(&state, now: now)
            var channels: [Ephemeral] = []
            for channel in Set(state.changedPresence.keys).union(state.changedTyping.keys) {
                var news = Ephemeral(channel: channel)
                if let changed = state.changedPresence[channel] {
                    news.presence = changed.sorted().map { Self.presence(of: $0, state) }
                    news.online = state.online[channel]?.count ?? 0
                }
                let typing = state.changedTyping[channel] ?? [:]
                let started = typing.filter(\.value).keys.sorted()
                let stopped = typing.filter { !$0.value }.keys.sorted()
                if !started.isEmpty { news.typing = started }
                if !stopped.isEmpty { news.stoppedTyping = stopped }
                channels.append(news)
            }
            let people = state.changedPeople.sorted().map { Self.presence(of: $0, state) }
            state.changedPresence.removeAll(keepingCapacity: true)
            state.changedTyping.removeAll(keepingCapacity: true)
            state.changedPeople.removeAll(keepingCapacity: true)
            return (channels, people)
        }
    }

    /// Everyone of a channel who has an open connection.
    package func page(of channel: ChannelID) -> PresencePage {
        state.withLock { state in
            let people = (state.online[channel] ?? [:]).keys.sorted().map { Self.presence(of: $0, state) }
            return PresencePage(online: people.count, people: people)
        }
    }

    package func presence(of account: AccountID) -> Presence {
        state.withLock { Self.presence(of: account, $0) }
    }

    package func isOnline(_ account: AccountID, in channel: ChannelID) -> Bool {
        state.withLock { $0.online[channel]?[account] != nil }
    }

    // MARK: - Parts

    private static func presence(of account: AccountID, _ state: State) -> Presence {
        Presence(
            account: account,
            state: state.people[account]?.state ?? .offline,
            statusText: state.people[account]?.statusText
        )
    }

    /// The account's presence is news in each of its channels.
    private static func mark(_ account: AccountID, _ state: inout State) {
        state.changedPeople.insert(account)
        for channel in (state.people[account]?.channels ?? [:]).keys {
            state.changedPresence[channel, default: []].insert(account)
        }
    }

    private static func leave(_ channel: ChannelID, _ account: AccountID, _ state: inout State) {
        if let count = state.people[account]?.channels[channel] {
            state.people[account]?.channels[channel] = count > 1 ? count - 1 : nil
        }
        if release(channel, account, count: 1, &state) {
            state.changedPresence[channel, default: []].insert(account)
        }
        if state.typing[channel]?.removeValue(forKey: account) != nil {
            state.changedTyping[channel, default: [:]][account] = false
        }
    }

    /// True if the account has no connection in the channel any more.
    @discardableResult
    private static func release(
        _ channel: ChannelID,
        _ account: AccountID,
        count: Int,
        _ state: inout State
    ) -> Bool {
        guard let held = state.online[channel]?[account] else { return false }
        state.online[channel]?[account] = held > count ? held - count : nil
        if state.online[channel]?.isEmpty == true { state.online[channel] = nil }
        return held <= count
    }

    private static func expire(_ state: inout State, now: Int64) {
        for (account, due) in state.leaving where due <= now {
            state.leaving[account] = nil
            for channel in Array((state.people[account]?.channels ?? [:]).keys) { leave(channel, account, &state) }
            state.people[account] = nil
            state.changedPeople.insert(account)
        }
        for (channel, writers) in state.typing {
            for (account, until) in writers where until <= now {
                state.typing[channel]?[account] = nil
                state.changedTyping[channel, default: [:]][account] = false
            }
            if state.typing[channel]?.isEmpty == true { state.typing[channel] = nil }
        }
    }
}
