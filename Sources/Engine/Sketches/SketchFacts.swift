import ChatAPI
import Storage

/// Open sketches beside the writer, and how an operation gets into a log: numbered, stored, published.
final class SketchFacts {
    private var boards: [SketchID: SketchBoard] = [:]
    private var uses: UInt64 = 0

    /// Open sketches: with every cell written over eight times a usual one takes 4 MB. More are closed, the longest unused
    /// first; a closed one is opened again from its checkpoint in milliseconds.
    private static let limit = 64

    subscript(id: SketchID) -> SketchBoard? { boards[id] }

    func open(_ id: SketchID, in tx: borrowing Transaction) throws -> SketchBoard {
        uses += 1
        if let known = boards[id] {
            known.use = uses
            return known
        }
        guard let board = try SketchBoard.open(id, tx) else { throw SketchStore.unknown(id) }
        board.use = uses
        boards[id] = board
        return board
    }

    /// It is read again when it is needed.
    func forget(_ id: SketchID) { boards[id] = nil }

    func forgetAll() { boards.removeAll() }

    /// At a group's end: nothing can be reverted any more.
    func trim() {
        guard boards.count > Self.limit else { return }
        let oldest = boards.values.sorted { $0.use < $1.use }.prefix(boards.count - Self.limit * 3 / 4)
        for board in oldest { boards[board.id] = nil }
    }
}

extension Transaction {
    /// The sketch and its channel, for someone who may draw in it: a member whom nobody and nothing keeps from it.
    ///
    /// - Parameter moderating: lets a super admin in who is no member, where there is a name and so no private
    ///   conversation: to delete, not to draw.
    func sketch(
        _ id: SketchID,
        for caller: Caller,
        _ account: AccountID,
        now: Milliseconds,
        moderating: Bool = false
    ) throws -> (board: SketchBoard, channel: ChannelFacts, actor: SketchRules.Actor) {
        let board = try facts.sketches.open(id, in: self)
        let channel = try facts.channel(board.channel, in: self)
        // To whoever is not in it, a direct conversation does not exist, and neither do its sketches.
        if channel.kind.isPrivate, channel.members[account] == nil { throw SketchStore.unknown(id) }
        let moderates = !channel.kind.isPrivate && caller.rank >= Role.superAdmin.rank
        if !moderating || !moderates {
            _ = try MessageRules.checkMember(account, of: channel)
            try checkMayDraw(caller, account, in: channel, now: now)
        }
        let isAdmin = channel.members[account]?.role == .admin || moderates
        return (board, channel, SketchRules.Actor(account: account, manages: isAdmin || board.createdBy == account))
    }

    /// Appends cells that have been checked, and draws them. Nil, and nothing happened, if the cid is known.
    ///
    /// The hot path: the history is changed in place. If the group is lost, the sketch is read again.
    func append(
        _ operation: SketchOperation,
        _ spans: [SketchSpan],
        cid: ClientID,
        by account: AccountID,
        to board: SketchBoard,
        now: Milliseconds
    ) throws -> SketchEntry? {
        guard case .cells(let stroke, let layer, _) = operation else {
            preconditionFailure("only cells are drawn in place")
        }
        let entry = board.next(operation, cid: cid, by: account, now: now)
        let body = SketchWriting.encode(entry)
        guard try SketchLog.insert(entry, body, in: board.id, self) else { return nil }
        let (sketches, id) = (facts.sketches, board.id)
        facts.change {
            board.at = entry.at
            board.history.draw(spans, layer: layer, stroke: stroke, by: account, seq: entry.seq, at: entry.at)
        } undo: {
            sketches.forget(id)
        }
        facts.tell(.operation(board.id, board.channel, drew: account, seq: entry.seq, body))
        return entry
    }

    /// Appends an entry that was worked out on a copy of the history, and takes the copy over.
    func append(_ entry: SketchEntry, _ history: SketchHistory, to board: SketchBoard) throws {
        let body = SketchWriting.encode(entry)
        guard try SketchLog.insert(entry, body, in: board.id, self) else {
            preconditionFailure("a cid was looked up, and then it was known")
        }
        let before = (history: board.history, at: board.at)
        facts.change {
            board.history = history
            board.at = entry.at
        } undo: {
            (board.history, board.at) = before
        }
        let person = entry.operation.isDrawing ? entry.by : nil
        facts.tell(.operation(board.id, board.channel, drew: person, seq: entry.seq, body))
    }
}

extension SketchBoard {
    /// The next entry of the log.
    func next(
        _ operation: SketchOperation,
        cid: ClientID?,
        by account: AccountID,
        now: Milliseconds
    ) -> SketchEntry {
        SketchEntry(seq: seq + 1, by: account, at: max(at, now), cid: cid, operation: operation)
    }
}

extension Transaction {
    /// Closes all open sketches, as a restart does.
    package func forgetSketches() { facts.sketches.forgetAll() }
}
