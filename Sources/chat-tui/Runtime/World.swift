import ChatAPI
import ChatKit
import Glibc
import Synchronization
import Transport

/// Everything outside of the program: the connection, the cache, the outbox, files. Used by the UI's thread only; what
/// comes back comes as actions.
final class World {
    let mailbox: ActionMailbox
    private let loop: EventLoop
    private var plan: StartPlan
    private var place: Place?
    /// That strokes cannot be written down was said already.
    private var isDiskTold = false
    /// Where signing in was successful, for the UI's thread to connect. Tier: leaf.
    private let arrival = Arrival()

    final class Arrival: Sendable {
        let profile = Mutex<Profile?>(nil)
        /// Grows with each connection that is given up: what such a one still tells is not heard.
        let generation = Atomic<Int>(0)
    }

    /// A daemon with an account there.
    private struct Place {
        let profile: Profile
        let credentials: Credentials
        let cache: Cache?
        let outbox: Outbox
        /// Nil when the disk does not take it; drawing goes on without.
        let drawings: DrawingJournal?
        let live: LiveConnection
    }

    init(_ plan: StartPlan, mailbox: ActionMailbox) throws(SocketError) {
        self.plan = plan
        self.mailbox = mailbox
        loop = try EventLoop(name: "live")
    }

    var profile: Profile? { place?.profile ?? plan.profile }
    var folders: Folders { plan.folders }

    /// Opens cache and outbox of a profile and begins to connect. What the cache knows comes back at once.
    func open(_ profile: Profile, account: AccountID? = nil) -> [Action] {
        var actions: [Action] = []
        do {
            try profile.makeFolders()
            // A cache that cannot be opened is a slow start, nothing worse; an outbox is a promise.
            let cache = try? Cache(path: profile.cachePath)
            let outbox = try Outbox(path: profile.outboxPath)
            let drawings = Self.drawings(profile, &actions)
            var opening = cache?.opening() ?? CachedOpening()
            if let account, let cached = opening.account?.id, cached != account {
                // Another person's things are neither shown nor sent.
                cache?.removeAll()
                for item in outbox.items { _ = outbox.discard(item.id) }
                drawings?.clear()
                opening = CachedOpening()
            }
            let credentials = Credentials(profile)
            var options = LiveConnection.Options()
            options.device = Self.device
            options.callsWait = false
            options.agent = "chat-tui/\(Version.number)"
            options.resume = Resume(epoch: opening.epoch, seq: opening.positions)
            let mailbox = mailbox
            let arrival = arrival
            let generation = arrival.generation.load(ordering: .relaxed)
            let live = LiveConnection(profile, credentials: credentials, options: options, outbox: outbox, on: loop) {
                events in
                guard arrival.generation.load(ordering: .relaxed) == generation else { return }
                cache?.take(events)
                mailbox.post(.live(events))
            }
            place = Place(
                profile: profile,
                credentials: credentials,
                cache: cache,
                outbox: outbox,
                drawings: drawings,
                live: live
            )
            actions.append(.opened(opening, outbox: outbox.items))
            if let left = drawings?.left, !left.isEmpty { actions.append(.drawings(left)) }
            live.start()
        } catch {
            actions.append(
                .notice("the profile \(profile.name) cannot be opened: \(Self.sentence(error))", isTrouble: true)
            )
        }
        return actions
    }

    static func sentence(_ error: any Error) -> String {
        switch error {
        case let error as APIError: error.detail
        case let error as ProfileError: error.sentence
        default: "\(error)"
        }
    }

    /// `chat-tui on ana-laptop`.
    private static var device: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "chat-tui" }
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String("chat-tui on \(host)".prefix(Limits.deviceBytes))
    }

    // MARK: - Effects

    /// Carries out what does not concern the terminal. Returns what is known at once.
    func perform(_ effect: Effect) -> [Action] {
        if case .signIn(let order) = effect {
            signIn(order)
            return []
        }
        guard let place else { return [] }
        switch effect {
        case .post(let call):
            do throws(APIError) {
                try place.live.post(call)
                return [.live([.outbox(place.outbox.items)])]
            } catch {
                return [.refused(call, error)]
            }
        case .ask(let request): ask(request, place)
        case .look(let view): place.live.look(at: view)
        case .follow(let channel, let seq): place.live.follow(channel.description, after: seq)
        case .unfollow(let channel): place.live.unfollow(channel.description)
        case .followQueue(let queue, let seq): place.live.follow(LogName.queue(queue), after: seq)
        case .unfollowQueue(let queue): place.live.unfollow(LogName.queue(queue))
        case .load(let channel):
            return [.loaded(channel, place.cache?.timeline(of: channel, limit: Room.entryLimit) ?? Timeline())]
        case .draw(let draw): send(draw, place)
        case .point(let pointer): place.live.call(.pointSketch, pointer) { _ in }
        case .followSketch(let sketch, let seq): place.live.follow(LogName.sketch(sketch), after: seq)
        case .unfollowSketch(let sketch): place.live.unfollow(LogName.sketch(sketch))
        case .keepDrawings(let change): return keep(change, place)
        case .save(let path, let bytes): return [DrawingFile.export(bytes, to: path)]
        case .readFile(let path): return [DrawingFile.read(path)]
        case .retry(let item): place.live.retry(item)
        case .discard(let item): place.live.discard(item)
        case .reconnect: place.live.retryNow()
        case .forget: forget(place)
        case .keepHistory(let entries): History.save(entries, place.profile)
        default: break
        }
        return []
    }

    /// An operation on a drawing; its answer comes through the mailbox without a task of its own.
    private func send(_ draw: SketchDraw, _ place: Place) {
        let mailbox = mailbox
        let arrival = arrival
        let generation = arrival.generation.load(ordering: .relaxed)
        place.live.call(.draw, draw) { result in
            guard arrival.generation.load(ordering: .relaxed) == generation else { return }
            mailbox.post(.drawn(draw.cid, result))
        }
    }

    /// The place for drawings without an answer; a disk that does not take them is said once, and drawing goes on.
    private static func drawings(_ profile: Profile, _ actions: inout [Action]) -> DrawingJournal? {
        do throws(Files.Failure) {
            return try DrawingJournal(in: "\(profile.folders.state)/\(profile.name)")
        } catch {
            actions.append(.notice("strokes are not kept on the disk: \(error.sentence)", isTrouble: true))
            return nil
        }
    }

    private func keep(_ change: DrawingChange, _ place: Place) -> [Action] {
        do throws(Files.Failure) {
            try place.drawings?.note(change)
            isDiskTold = false
        } catch {
            defer { isDiskTold = true }
            if !isDiskTold { return [.notice("strokes are not kept on the disk: \(error.sentence)", isTrouble: true)] }
        }
        return []
    }

    private func ask(_ request: Request, _ place: Place) {
        let live = place.live
        let cache = place.cache
        let mailbox = mailbox
        let arrival = arrival
        let generation = arrival.generation.load(ordering: .relaxed)
        Task {
            let result = await World.answer(request, live, cache)
            guard arrival.generation.load(ordering: .relaxed) == generation else { return }
            mailbox.post(.answered(request, result))
        }
    }

    private static func answer(_ request: Request, _ live: LiveConnection, _ cache: Cache?) async -> Result<
        Reply, APIError
    > {
        do throws(APIError) {
            let reply = try await request.perform(on: live)
            if let cache { keep(request, reply, cache) }
            return .success(reply)
        } catch {
            return .failure(error)
        }
    }

    /// What answers teach the cache.
    private static func keep(_ request: Request, _ reply: Reply, _ cache: Cache) {
        switch (request, reply) {
        case (.page(let channel, _), .page(let page)): cache.take(page, of: channel)
        case (_, .me(let me)): cache.take(me)
        case (_, .accounts(let accounts)): cache.take(accounts)
        case (_, .channel(let channel)): cache.take(channel)
        default: break
        }
    }

    private func forget(_ place: Place) {
        arrival.generation.wrappingAdd(1, ordering: .relaxed)
        place.live.stop()
        try? place.credentials.remove()
        place.drawings?.clear()
        place.drawings?.close()
        place.cache?.removeAll()
        place.cache?.close()
        place.outbox.close()
        plan.profile = place.profile
        self.place = nil
    }

    // MARK: - Signing in

    private func signIn(_ order: SignInOrder) {
        let plan = plan
        let loop = loop
        let mailbox = mailbox
        let arrival = arrival
        let device = Self.device
        Task {
            let actions = await World.signIn(order, plan, device, loop, arrival)
            mailbox.post(actions)
        }
    }

    private static func signIn(
        _ order: SignInOrder,
        _ plan: StartPlan,
        _ device: String,
        _ loop: EventLoop,
        _ arrival: Arrival
    ) async -> [Action] {
        do {
            let address = try ServerAddress(typed: order.server)
            let service = RemoteService(address, caFile: plan.flags.ca ?? plan.profile?.caFile, on: loop)
            let signedIn = try await Self.signIn(order, service, device)
            service.close()
            let profile = try plan.profile(at: order.server, account: signedIn.account.name)
            try Credentials(profile).store(signedIn)
            arrival.profile.withLock { $0 = profile }
            var actions: [Action] = [
                .signedIn(signedIn.account, profile: profile.name, server: address.description)
            ]
            if signedIn.needsLongerPassword == true {
                let need = "your role needs a password of \(Limits.staffPasswordCharacters) characters: /password"
                actions.append(.notice(need, isTrouble: true))
            }
            return actions
        } catch {
            return [.signInFailed(error as? APIError ?? APIError(.internal, sentence(error)))]
        }
    }

    private static func signIn(
        _ order: SignInOrder,
        _ service: RemoteService,
        _ device: String
    ) async throws(APIError) -> SignedIn {
        let signIn = SignIn(name: order.name, password: order.password, device: device)
        switch order.way {
        case .signIn: return try await service.call(.signIn, signIn)
        case .guest:
            let entry = GuestEntry(code: order.code ?? "", displayName: order.name, device: device)
            return try await service.call(.enterAsGuest, entry)
        case .register:
            return try await service.call(
                .register,
                Registration(name: order.name, password: order.password, device: device)
            )
        case .code:
            let code = order.code ?? ""
            // One field for both kinds: a code that sets no password may still invite.
            do throws(APIError) {
                _ = try await service.call(.redeemReset, PasswordReset(code: code, password: order.password))
            } catch {
                guard error.code == .codeInvalid || error.code == .notFound else { throw error }
                return try await service.call(
                    .register,
                    Registration(name: order.name, password: order.password, code: code, device: device)
                )
            }
            return try await service.call(.signIn, signIn)
        }
    }

    /// Connects where somebody has just signed in.
    func arrive(_ account: Account) -> [Action] {
        let profile = arrival.profile.withLock { profile in
            defer { profile = nil }
            return profile
        }
        guard let profile else { return [] }
        plan.profile = profile
        return open(profile, account: account.id) + [.history(History.load(profile))]
    }

    /// Ends the connection and the files. What is in the outbox goes now, if the daemon is there and quick, or next time.
    func close(waitingMilliseconds: Int64) {
        guard let place else { return }
        self.place = nil
        let clock = TimeSource.system
        let end = clock.uptime() + waitingMilliseconds
        while place.outbox.items.contains(where: \.isOpen), clock.uptime() < end { _ = mailbox.take(waiting: 20) }
        let mailbox = mailbox
        _ = mailbox.take(waiting: 0)
        let live = place.live
        let cache = place.cache
        Task {
            await live.close()
            await cache?.flush()
            mailbox.post(.tick)
        }
        var isClosed = false
        while !isClosed, clock.uptime() < end + 500 {
            isClosed = mailbox.take(waiting: 50).contains { if case .tick = $0 { true } else { false } }
        }
        place.cache?.close()
        place.outbox.close()
        place.drawings?.close()
    }

    var openItems: [OutboxItem] { place?.outbox.items.filter(\.isOpen) ?? [] }
}
