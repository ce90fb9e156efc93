import ChatAPI
import Storage

/// The help desk's durable timers: they survive restarts, and each does its work in one write.
enum DeskTimers {
    /// A claim ends. Object: the request.
    static let lease = "request.lease"
    /// Requests that waited too long. Object: the queue.
    static let waiting = "queue.waiting"
    /// An organizer is gone. Object: the account.
    static let gone = "organizer.gone"
    /// A chat without a word. Object: the chat.
    static let idle = "chat.idle"
    /// An ended chat leaves the lists of its people. Object: the chat.
    static let settle = "chat.settle"
    /// Counters of work lists are told.
    static let counters = "desk.counters"

    static func clock(_ kind: SLAClock.Kind) -> String { "sla.\(kind.rawValue)" }

    /// Requests that expire in one write.
    private static let batch = 100

    static let handlers: [String: Timers.Handler] = [
        lease: Timers.Handler { timer, now, tx in
            guard let id = RequestID(timer.object), let request = try RequestStore.request(id, tx),
                request.state == .claimed
            else { return .done }
            _ = try tx.lapse(request, by: .daemon(now: now))
            return .done
        },
        waiting: Timers.Handler { timer, now, tx in
            guard let id = QueueID(timer.object), let queue = try tx.findQueue(id) else { return .done }
            return try tx.expireWaiting(in: queue, now: now, limit: batch)
        },
        gone: Timers.Handler { timer, now, tx in
            guard let account = AccountID(timer.object) else { return .done }
            return try tx.checkAbsence(of: account, now: now).map { .again(at: $0) } ?? .done
        },
        idle: Timers.Handler { timer, now, tx in
            guard let id = ChatID(timer.object) else { return .done }
            return try tx.checkIdle(id, now: now).map { .again(at: $0) } ?? .done
        },
        settle: Timers.Handler { timer, now, tx in
            guard let id = ChatID(timer.object), let chat = try ChatStore.chat(id, tx) else { return .done }
            try tx.settle(chat, now: now)
            return .done
        },
        counters: Timers.Handler { _, now, tx in
            try tx.tellCounters(now: now).map { .again(at: $0) } ?? .done
        },
        clock(.firstAnswer): Timers.Handler { timer, now, tx in
            try breach(.firstAnswer, timer, now, tx)
        },
        clock(.resolution): Timers.Handler { timer, now, tx in
            try breach(.resolution, timer, now, tx)
        },
    ]

    private static func breach(
        _ kind: SLAClock.Kind,
        _ timer: DurableTimer,
        _ now: Milliseconds,
        _ tx: borrowing Transaction
    ) throws -> Timers.Outcome {
        guard let id = RequestID(timer.object), try ClockStore.miss(kind, of: id, tx),
            let request = try RequestStore.request(id, tx)
        else { return .done }
        try tx.tellBreach(kind, of: request, by: .daemon(now: now))
        return .done
    }
}

extension Transaction {
    /// Sees to it that what waits in a queue expires in time. One timer per queue: the oldest request decides.
    func watchWaiting(in queue: QueueFacts, since createdAt: Milliseconds) throws {
        guard try !TimerStore.exists(kind: DeskTimers.waiting, object: queue.id.description, self) else { return }
        try setTimer(DeskTimers.waiting, queue.id.description, due: createdAt + queue.policy.waitLimitMs)
    }

    func expireWaiting(in queue: QueueFacts, now: Milliseconds, limit: Int) throws -> Timers.Outcome {
        var rights = RequestMachine.Facts()
        rights.isDaemon = true
        var move = RequestMove(.expire)
        move.reason = "it waited longer than this queue allows"
        let limitMs = queue.policy.waitLimitMs
        let due = try RequestStore.waiting(in: queue.id, madeBy: now - limitMs, limit: limit, self)
        for request in due { _ = try step(request, move, rights, by: .daemon(now: now)) }
        if due.count == limit { return .again(at: now) }
        guard let oldest = try RequestStore.waiting(in: queue.id, madeBy: .max, limit: 1, self).first else {
            return .done
        }
        return .again(at: oldest.createdAt + limitMs)
    }

    /// Ends what waits for an event that is over, a batch at a time. True if there is more.
    ///
    /// Chats that run go on: whoever talks is not cut off by a clock.
    func expireRequests(of event: EventID, reason: String, now: Milliseconds, limit: Int = 100) throws -> Bool {
        var rights = RequestMachine.Facts()
        rights.isDaemon = true
        var move = RequestMove(.expire)
        move.reason = reason
        var room = limit
        for queue in try QueueStore.queues(of: .event(event), self) {
            let waiting = try RequestStore.waiting(in: queue.id, madeBy: .max, limit: room, self)
            for request in waiting { _ = try step(request, move, rights, by: .daemon(now: now)) }
            room -= waiting.count
            if room == 0 { return true }
        }
        return false
    }

    /// A claim outlived the event: back in line its request waits for nobody, and goes as those went that waited at the
    /// end.
    func expireIfOver(_ request: RequestRow) throws {
        let now = facts.desk.clock.now
        guard let id = try queue(request.queue).event, let event = try EventStore.find(id, self), event.endsAt <= now
        else {
            return
        }
        try setEnd(of: event, at: now)
    }

    /// Called when a chat may be idle: looks at its newest entry, so that a message costs no timer.
    ///
    /// - Returns: when to look again; nil if it is over.
    func checkIdle(_ id: ChatID, now: Milliseconds) throws -> Milliseconds? {
        guard var chat = try ChatStore.chat(id, self), !chat.state.isOver else { return nil }
        let policy = try queue(chat.queue).policy
        let last = try facts.head(of: .channel(chat.channel), in: self).at
        let actor = DeskActor.daemon(now: now)
        guard now - last >= policy.idleMs else {
            if chat.isIdle {
                chat.isIdle = false
                try ChatStore.update(chat, self)
            }
            return last + policy.idleMs
        }
        if policy.idleEndMs > 0, now - last >= policy.idleMs + policy.idleEndMs {
            var rights = ChatMachine.Facts()
            rights.isDaemon = true
            _ = try step(chat, .idleEnd, rights, by: actor)
            return nil
        }
        if !chat.isIdle {
            chat.isIdle = true
            try ChatStore.update(chat, self)
            try tell(chat, "idle", by: actor, account: chat.organizer)
        }
        return policy.idleEndMs > 0 ? last + policy.idleMs + policy.idleEndMs : now + policy.idleMs
    }

    /// An ended chat leaves the lists of its people: it is in their archive.
    func settle(_ chat: ChatRow, now: Milliseconds) throws {
        let channel = try facts.channel(chat.channel, in: self)
        for account in channel.members.keys.sorted() {
            try leave(account, channel, by: account, now: now, isAnnounced: false)
        }
    }
}
