import ChatAPI
import ChatKit
import Transport

/// The connections of a bench and what they need first: bots, their tokens, their channels.
final class BenchSwarm: @unchecked Sendable {
    let loop: EventLoop
    let address: ConnectAddress
    private(set) var sockets: [BenchSocket] = []

    /// Connections that are opened at a time: more fills the listener's backlog.
    private static let opening = 128

    init(loop: EventLoop, address: ConnectAddress) {
        self.loop = loop
        self.address = address
    }

    /// Opens one connection per token and waits until each has been welcomed.
    func open(
        _ tokens: [String],
        resume: Resume? = nil,
        view: View? = nil,
        events: BenchSocket.Events
    ) async throws {
        let failure = try await loop.run { [self] () -> BenchOpening in
            let opening = BenchOpening(total: tokens.count)
            var events = events
            let closed = events.closed
            events.ready = { _ in opening.oneReady() }
            events.closed = { socket, reason in
                opening.fail("connection \(socket.index) was closed: \(reason)")
                closed(socket, reason)
            }
            let first = sockets.count
            for (offset, token) in tokens.enumerated() {
                sockets.append(
                    BenchSocket(index: first + offset, token: token, resume: resume, view: view, events: events)
                )
            }
            let waiting = sockets[first...]
            opening.start = { [self] index in connect(waiting[first + index], opening) }
            opening.begin(atATime: Self.opening)
            return opening
        }
        try await failure.wait(on: loop)
    }

    private func connect(_ socket: BenchSocket, _ opening: BenchOpening) {
        Connector.connect(to: address, on: loop) { result in
            switch result {
            case .success(let connection): socket.begin(on: connection)
            case .failure(let failure): opening.fail(failure.sentence)
            }
        }
    }

    func close() async throws {
        try await loop.run { [self] in
            for socket in sockets { socket.close() }
            sockets = []
        }
    }
}

/// Connections on their way: a few at a time, until all are ready or one has failed. Confined to its loop.
final class BenchOpening: @unchecked Sendable {
    private let total: Int
    private var started = 0
    private var ready = 0
    private var failure: String?
    private var waiter: CheckedContinuation<Void, any Error>?
    var start: (Int) -> Void = { _ in }

    init(total: Int) {
        self.total = total
    }

    func begin(atATime count: Int) {
        for _ in 0..<min(count, total) { startNext() }
    }

    func oneReady() {
        ready += 1
        if started < total { startNext() }
        if ready == total { finish() }
    }

    func fail(_ reason: String) {
        if ready < total && failure == nil {
            failure = reason
            finish()
        }
    }

    func wait(on loop: EventLoop) async throws {
        try await withCheckedThrowingContinuation { continuation in
            loop.post { [self] in
                waiter = continuation
                if ready == total || failure != nil { finish() }
            }
        }
    }

    private func startNext() {
        started += 1
        start(started - 1)
    }

    private func finish() {
        guard let waiter else { return }
        self.waiter = nil
        if let failure { waiter.resume(throwing: BenchFailure(failure)) } else { waiter.resume() }
    }
}

/// Why a bench could not be run.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Bots and channels made for a bench, through the same API as everyone's.
struct BenchPopulation: Sendable {
    let service: any Service
    /// Calls under way at a time while bots are made.
    private static let parallel = 32

    /// Names are told apart from earlier runs by this.
    let tag: String

    func channel(_ name: String) async throws -> ChannelID {
        try await service.call(.createChannel, ChannelDraft(name: "bench-\(tag)-\(name)")).id
    }

    /// Makes bots that are members of the channels; returns a token of each.
    func bots(_ count: Int, in channels: [ChannelID], named prefix: String) async throws -> [String] {
        var tokens = [String](repeating: "", count: count)
        try await withThrowingTaskGroup(of: (Int, String).self) { group in
            var next = 0
            while next < min(Self.parallel, count) {
                add(next, prefix, channels, to: &group)
                next += 1
            }
            while let (index, token) = try await group.next() {
                tokens[index] = token
                if next < count {
                    add(next, prefix, channels, to: &group)
                    next += 1
                }
            }
        }
        return tokens
    }

    private func add(
        _ index: Int,
        _ prefix: String,
        _ channels: [ChannelID],
        to group: inout ThrowingTaskGroup<(Int, String), any Error>
    ) {
        let (service, name) = (service, "\(prefix)\(tag)\(index)")
        group.addTask {
            let account = try await service.call(.createAccount, AccountCreation(name: name, kind: .bot)).account
            for channel in channels {
                _ = try await service.call(
                    .addMember,
                    MemberRef(channel: channel.description, account: account.id.description)
                )
            }
            let draft = TokenDraft(
                account: account.id.description,
                label: "bench",
                scopes: [.own, .read, .post, .join],
                days: 1
            )
            return (index, try await service.call(.createToken, draft).secret)
        }
    }
}
