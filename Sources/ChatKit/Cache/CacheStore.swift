import ChatAPI
import Storage

/// The cache's tables, and how what comes from the daemon becomes rows.
struct CacheStore {
    private let connection: Connection
    /// Entries stored since a channel was last cut to its bound.
    private var untrimmed: [ChannelID: Int] = [:]
    /// Cutting is a scan of the bound's length; it is done once per so many entries.
    private static let trimEvery = 128

    init(path: String) throws(StorageError) {
        connection = try Connection(path: path, options: .init(durability: .normal, cacheKiB: 2_048))
        try connection.claim(applicationID: CacheSchema.applicationID)
        try connection.migrate(CacheSchema.migrations)
        // The log is not moved by itself; at the start it is short, and nobody waits for it.
        _ = try? connection.checkpoint(truncating: true)
    }

    mutating func transaction(_ body: (inout CacheStore) throws -> Void) throws {
        try connection.transaction { try body(&self) }
    }

    func close() {
        _ = try? connection.checkpoint(truncating: true)
        connection.close()
    }

    // MARK: - Reading

    func opening() throws -> CachedOpening {
        var opening = CachedOpening()
        opening.account = try value("account").flatMap { try? Coding.decode(Account.self, fromAnswer: $0) }
        opening.epoch = try value("epoch").map { String(decoding: $0, as: UTF8.self) }
        opening.channels = try Self.decode(
            connection.all(CacheSchema.selectChannels) { row in
                Array(#"{"channel":"#.utf8) + row.bytes(0) + Array(#","unread":"#.utf8) + row.bytes(1) + [
                    UInt8(ascii: "}")
                ]
            }
        )
        opening.accounts = try Self.decode(
            connection.all(CacheSchema.selectAccounts) {
                $0.bind("limit", Cache.openingAccounts)
            } row: {
                $0.bytes(0)
            }
        )
        opening.registers = try Self.decode(connection.all(CacheSchema.selectRegisters) { $0.bytes(0) })
        try connection.each(CacheSchema.selectPositions) { row in
            opening.positions[row.string(0)] = row.int64(1)
            return true
        }
        return opening
    }

    func entries(
        of channel: ChannelID,
        before seq: Int64,
        count: Int
    ) throws -> (entries: [Entry], start: Int64?, head: Int64?) {
        let rows = try connection.all(CacheSchema.selectEntries) {
            $0.bind("channel", channel.key)
            $0.bind("before", seq)
            $0.bind("count", count)
        } row: {
            $0.bytes(0)
        }
        let edges = try connection.first(CacheSchema.selectEdges) {
            $0.bind("channel", channel.key)
            $0.bind("log", channel.description)
        } row: {
            (start: $0.optionalInt64(0), head: $0.optionalInt64(1))
        }
        return (try Self.decode(rows.reversed()), edges?.start, edges?.head)
    }

    /// One decoder for all rows: making one per row would cost more than the decoding.
    private static func decode<Value: Decodable>(_ rows: [[UInt8]]) throws -> [Value] {
        if rows.isEmpty { return [] }
        var bytes: [UInt8] = [UInt8(ascii: "[")]
        bytes.reserveCapacity(rows.reduce(2) { $0 + $1.count + 1 })
        for row in rows {
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes += row
        }
        bytes.append(UInt8(ascii: "]"))
        return try Coding.decode([Value].self, fromAnswer: bytes)
    }

    private func value(_ name: String) throws -> [UInt8]? {
        try connection.first(CacheSchema.selectValue) {
            $0.bind("name", name)
        } row: {
            $0.bytes(0)
        }
    }

    // MARK: - Writing

    mutating func take(_ events: [LiveEvent]) throws {
        for event in events {
            switch event {
            case .welcome(let welcome): try take(welcome)
            case .epochChanged: try removeAll()
            case .entries(let log, let run): try take(run, of: log)
            case .audit(let run): if let last = run.last { try setPosition(LogName.audit, last.seq) }
            case .logs(let states): try take(states)
            // A sketch is fetched whole when it is opened: a position without its cells would be half a picture.
            case .gap(let gap): if !LogName.isSketch(gap.log) { try setPosition(gap.log, gap.head) }
            case .sketch, .state, .ephemeral, .bye, .outbox, .refreshed: break
            }
        }
    }

    private mutating func take(_ welcome: Welcome) throws {
        try setValue("account", Coding.encode(welcome.account))
        try setValue("epoch", Array(welcome.epoch.utf8))
        try take([welcome.account])
        try take(welcome.logs)
    }

    private mutating func take(_ states: [LogState]) throws {
        for state in states where !LogName.isSketch(state.log) {
            if let channel = state.channel { try take(channel, unread: state.unread) }
            switch state.state {
            case .denied:
                if let channel = ChannelID(state.log) { try remove(channel) } else { try removePosition(state.log) }
            case .ok:
                // What lies between follows and moves the position; a log without one begins at the head.
                try connection.run(CacheSchema.insertPosition) {
                    $0.bind("log", state.log)
                    $0.bind("seq", state.head)
                }
            case .gap, .unknown: break
            }
        }
    }

    private mutating func take(_ run: [Entry], of log: String) throws {
        guard let last = run.last else { return }
        if let channel = ChannelID(log) {
            try insert(run, in: channel)
        } else {
            for entry in run {
                if let registers = entry.registers { try take(registers) }
                if entry.kind == .channelLeft, let channel = entry.channel { try remove(channel) }
            }
        }
        try setPosition(log, last.seq)
    }

    mutating func take(_ page: EntryPage, of channel: ChannelID) throws {
        try insert(page.entries, in: channel)
        guard !page.hasEarlier, let first = page.entries.first else { return }
        try connection.run(CacheSchema.setStart) {
            $0.bind("channel", channel.key)
            $0.bind("start", first.seq)
        }
    }

    mutating func take(_ me: Me) throws {
        try setValue("account", Coding.encode(me.account))
        try setValue("epoch", Array(me.epoch.utf8))
        try take([me.account])
        let joined = Set(me.channels.map(\.channel.id))
        let known = try connection.all(CacheSchema.selectChannelKeys) { $0.sixteen(0) }
        for key in known {
            guard let key else { continue }
            let id = ChannelID(high: key.high, low: key.low)
            if !joined.contains(id) { try remove(id) }
        }
        for item in me.channels { try take(item.channel, unread: item.unread) }
        try connection.execute("DELETE FROM register")
        try take(me.registers)
        try setPosition(LogName.me, me.head)
    }

    func take(_ channel: Channel, unread: Unread?) throws {
        let unknown = Unread(channel: channel.id, marker: 0, unread: 0, mentions: 0)
        try connection.run(CacheSchema.setChannel) {
            $0.bind("channel", channel.id.key)
            $0.bind("body", Coding.encode(channel))
            $0.bind("unread", unread.map { Coding.encode($0) })
            $0.bind("unknown", Coding.encode(unknown))
        }
    }

    func take(_ unread: [Unread]) throws {
        for item in unread {
            try connection.run(CacheSchema.setUnread) {
                $0.bind("channel", item.channel.key)
                $0.bind("unread", Coding.encode(item))
            }
        }
    }

    func take(_ accounts: [Account]) throws {
        for account in accounts {
            try connection.run(CacheSchema.setAccount) {
                $0.bind("account", account.id.key)
                $0.bind("body", Coding.encode(account))
            }
        }
    }

    func take(_ registers: [Register]) throws {
        for register in registers {
            try connection.run(CacheSchema.setRegister) {
                $0.bind("key", register.key)
                $0.bind("version", register.version)
                $0.bind("body", Coding.encode(register))
            }
        }
    }

    mutating func remove(_ channel: ChannelID) throws {
        for statement in [CacheSchema.removeChannel, CacheSchema.removeEntries] {
            try connection.run(statement) { $0.bind("channel", channel.key) }
        }
        try removePosition(channel.description)
        untrimmed[channel] = nil
    }

    mutating func removeAll() throws {
        try connection.execute(
            """
            DELETE FROM entry; DELETE FROM channel; DELETE FROM position; DELETE FROM account; DELETE FROM register;
            DELETE FROM value
            """
        )
        untrimmed = [:]
    }

    private mutating func insert(_ run: [Entry], in channel: ChannelID) throws {
        for entry in run {
            if entry.kind == .redaction, let target = entry.target { try redact(target, in: channel) }
            try connection.run(CacheSchema.setEntry) {
                $0.bind("channel", channel.key)
                $0.bind("seq", entry.seq)
                $0.bind("target", entry.target)
                $0.bind("rev", entry.rev ?? entry.seq)
                $0.bind("body", Coding.encode(entry))
            }
        }
        untrimmed[channel, default: 0] += run.count
        guard untrimmed[channel, default: 0] >= Self.trimEvery else { return }
        untrimmed[channel] = 0
        try connection.run(CacheSchema.trimEntries) {
            $0.bind("channel", channel.key)
            $0.bind("bound", Cache.entriesPerChannel)
        }
    }

    /// What was deleted is deleted here too, not only hidden: the text of the message and of its edits.
    private func redact(_ target: Int64, in channel: ChannelID) throws {
        let rows = try connection.all(CacheSchema.selectRedacted) {
            $0.bind("channel", channel.key)
            $0.bind("target", target)
        } row: {
            $0.bytes(0)
        }
        for row in rows {
            guard var entry = try? Coding.decode(Entry.self, fromAnswer: row),
                entry.kind == .message || entry.kind == .edit
            else { continue }
            entry.text = nil
            try connection.run(CacheSchema.replaceEntry) {
                $0.bind("channel", channel.key)
                $0.bind("seq", entry.seq)
                $0.bind("body", Coding.encode(entry))
            }
        }
    }

    private func setPosition(_ log: String, _ seq: Int64) throws {
        try connection.run(CacheSchema.setPosition) {
            $0.bind("log", log)
            $0.bind("seq", seq)
        }
    }

    private func removePosition(_ log: String) throws {
        try connection.run(CacheSchema.removePosition) { $0.bind("log", log) }
    }

    private func setValue(_ name: String, _ value: [UInt8]) throws {
        try connection.run(CacheSchema.setValue) {
            $0.bind("name", name)
            $0.bind("value", value)
        }
    }
}

extension ID {
    /// Sixteen bytes, as a database key.
    var key: DatabaseValue { .sixteen(high: high, low: low) }
}
