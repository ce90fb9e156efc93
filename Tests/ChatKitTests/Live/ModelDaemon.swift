import ChatAPI
import ChatKit

/// The daemon's side of the live connection over plain logs, small enough to be obviously right: the judge of the machine.
struct ModelDaemon {
    var epoch = "e1"
    var logs: [String: [Entry]] = [:]
    /// A resume that lacks more than this gets `gap`.
    var catchUpLimit = 12
    /// The session that is connected, if one is.
    private(set) var isGreeted = false
    private var followed: Set<String> = []
    /// Frames on their way to the client.
    var outgoing: [[UInt8]] = []
    /// Messages stored, by cid: a repeat gets the first answer.
    private var stored: [ClientID: Int64] = [:]
    /// How often each call was carried out, by its key.
    private(set) var carriedOut: [String: Int] = [:]
    let me = Account(id: account(1), name: "ana", createdAt: 0)

    init(channels: [ChannelID]) {
        logs[LogName.me] = []
        for channel in channels { logs[channel.description] = [] }
    }

    func head(_ log: String) -> Int64 { Int64(logs[log]?.count ?? 0) }

    mutating func connect() {
        isGreeted = false
        followed = []
        outgoing = []
    }

    /// A new database, as after restoring a backup: other entries under the same numbers.
    mutating func restore(epoch: String) {
        self.epoch = epoch
        for (log, entries) in logs { logs[log] = Array(entries.dropLast(entries.count / 2)) }
        stored = [:]
        connect()
    }

    @discardableResult
    mutating func append(_ log: String, cid: ClientID? = nil, text: String = "") -> Int64 {
        let seq = head(log) + 1
        let id = ChannelID(log)
        var entry = Entry(kind: id == nil ? .registersChanged : .message, channel: id, seq: seq, by: me.id, at: seq)
        entry.cid = cid
        entry.text = text
        logs[log]?.append(entry)
        if followed.contains(log) { outgoing.append(Self.push(entry)) }
        return seq
    }

    /// What the ladder does to a slow reader: the pushes that wait are left out, and a gap says so.
    mutating func lag(_ log: String, missing count: Int) {
        guard followed.contains(log) else { return }
        let from = head(log) + 1
        followed.remove(log)
        for _ in 0..<count { append(log) }
        outgoing.append(frame(["gap": json(Gap(log: log, from: from, head: head(log)))]))
    }

    mutating func receive(_ frame: [UInt8]) {
        guard let frame = try? Coding.decode(JSON.self, from: frame), let id = frame["id"]?.integer else { return }
        if let hello = frame["hello"] { return greet(id, hello) }
        guard isGreeted, case .string(let name)? = frame["call"], let input = frame["in"] else { return }
        switch name {
        case "sync": sync(id, input)
        case "messages.send": send(id, input)
        default:
            carriedOut[frame["key"]?.string ?? name, default: 0] += 1
            answer(id, .object([:]))
        }
    }

    private mutating func greet(_ id: Int64, _ hello: JSON) {
        isGreeted = true
        let isKnown = hello["resume"]?["epoch"]?.string.map { $0 == epoch } ?? true
        var states: [LogState] = []
        var catchUp: [Entry] = []
        for log in logs.keys.sorted() {
            let position = isKnown ? hello["resume"]?["seq"]?[log]?.integer : nil
            states.append(place(log, position, &catchUp))
        }
        let welcome = Welcome(
            account: me,
            session: nil,
            capabilities: [],
            epoch: epoch,
            heartbeatMs: 25_000,
            limits: LiveLimits(),
            caps: [],
            logs: states
        )
        answer(id, json(welcome))
        outgoing += catchUp.map(Self.push)
    }

    private mutating func sync(_ id: Int64, _ input: JSON) {
        guard case .object(let seq)? = input["seq"] else { return }
        var states: [LogState] = []
        var catchUp: [Entry] = []
        for (log, position) in seq.sorted(by: { $0.key < $1.key }) {
            if logs[log] == nil {
                states.append(LogState(log: log, state: .denied, head: 0))
            } else {
                states.append(place(log, position.integer, &catchUp))
            }
        }
        answer(id, json(SyncAnswer(logs: states)))
        outgoing += catchUp.map(Self.push)
    }

    private mutating func place(_ log: String, _ position: Int64?, _ catchUp: inout [Entry]) -> LogState {
        followed.insert(log)
        let head = head(log)
        guard let position else { return LogState(log: log, state: .ok, head: head) }
        if head - position > Int64(catchUpLimit) || position > head {
            return LogState(log: log, state: .gap, head: head)
        }
        catchUp += logs[log]?.dropFirst(Int(position)) ?? []
        return LogState(log: log, state: .ok, head: head)
    }

    private mutating func send(_ id: Int64, _ input: JSON) {
        guard let message = try? Coding.decode(Message.self, from: Coding.encode(input)) else { return }
        let seq = stored[message.cid] ?? append(message.channel.description, cid: message.cid, text: message.text)
        stored[message.cid] = seq
        answer(id, json(Sent(seq: seq, at: seq)))
    }

    private mutating func answer(_ id: Int64, _ output: JSON) {
        outgoing.append(frame(["id": .integer(id), "ok": output]))
    }

    static func push(_ entry: Entry) -> [UInt8] { Coding.encode(entry) }
}

func json(_ value: some Encodable) -> JSON {
    (try? Coding.decode(JSON.self, from: Coding.encode(value))) ?? .null
}

func frame(_ members: [String: JSON]) -> [UInt8] { Coding.encode(JSON.object(members)) }
