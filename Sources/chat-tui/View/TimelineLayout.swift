package import ChatAPI
package import ChatKit
package import TerminalUI

/// A timeline as lines of cells: which lines a room has at a width, where a view stands in them, how it scrolls.
///
/// Only what is looked at is laid out, outward from the anchor, so that a log of fifty thousand entries costs what a screen
/// costs. Blocks are entries of the log and, behind them, what waits in the outbox.
package struct TimelineLayout {
    package struct Line: Sendable {
        package var spans: [Span]
        package var key: BlockKey
        package var row: Int
        package var kind: Kind
    }

    package enum Kind: Hashable, Sendable {
        case day, readLine, message, event, suggestion
        /// The card of a drawing.
        case sketch(SketchID)
        /// Entries that are not here: the numbers.
        case gap(ClosedRange<Int64>)

        /// It can be acted on: a message, or the card of a drawing.
        var isSelectable: Bool {
            switch self {
            case .message, .sketch: true
            default: false
            }
        }
    }

    /// A place: a block by its index, and a row of it.
    struct Place: Hashable {
        var block: Int
        var row: Int
    }

    let model: Model
    let room: Room
    let width: Int
    let waiting: [OutboxItem]

    package init(_ model: Model, _ room: Room, width: Int) {
        self.model = model
        self.room = room
        self.width = max(10, width)
        waiting = model.waitingMessages(in: room.id)
    }

    var count: Int { room.timeline.count + waiting.count }

    func key(_ block: Int) -> BlockKey {
        block < room.timeline.count
            ? .entry(room.timeline[block].seq) : .outbox(waiting[block - room.timeline.count].id)
    }

    func lines(of block: Int) -> [Line] {
        let key = key(block)
        let content =
            block < room.timeline.count
            ? BlockLines(self).entry(at: block) : BlockLines(self).waiting(waiting[block - room.timeline.count])
        return content.enumerated().map { Line(spans: $1.spans, key: key, row: $0, kind: $1.kind) }
    }

    // MARK: - Looking

    package struct Window: Sendable {
        /// From top to bottom, at most the height.
        package var lines: [Line]
        /// The first line of all that is known is in it.
        package var isAtTop: Bool
        /// The last line is in it.
        package var isAtBottom: Bool
    }

    /// What is seen in so many rows.
    package func window(height: Int) -> Window {
        guard count > 0, height > 0 else { return Window(lines: [], isAtTop: true, isAtBottom: true) }
        let bottom = place(of: room.anchor)
        var isAtTop = false
        var lines = upward(from: bottom, limit: height, reachedTop: &isAtTop)
        // Less than a screen above: show what stands below, too.
        var place = bottom
        while lines.count < height, let next = self.next(place) {
            lines.append(next.line)
            place = next.place
        }
        nameFirst(&lines)
        return Window(lines: lines, isAtTop: isAtTop, isAtBottom: next(place) == nil)
    }

    /// The first message that is seen says who wrote it, though its group began above: nothing there would.
    private func nameFirst(_ lines: inout [Line]) {
        guard let index = lines.firstIndex(where: { $0.kind == .message }), case .entry(let seq) = lines[index].key
        else { return }
        let block = room.timeline.place(of: seq)
        guard block < room.timeline.count else { return }
        let named = BlockLines(self, opening: seq).entry(at: block)
        guard named.count == self.lines(of: block).count, named.indices.contains(lines[index].row) else { return }
        lines[index].spans = named[lines[index].row].spans
    }

    /// The lines that end at a place, top to bottom.
    private func upward(from place: Place, limit: Int, reachedTop: inout Bool) -> [Line] {
        var result: [Line] = []
        var block = place.block
        var row: Int? = place.row
        while block >= 0 {
            let lines = lines(of: block)
            let end = row.map { min($0 + 1, lines.count) } ?? lines.count
            result.append(contentsOf: lines[..<end].reversed())
            if result.count >= limit {
                reachedTop = block == 0 && result.count == limit
                break
            }
            block -= 1
            row = nil
        }
        if block < 0 { reachedTop = true }
        return result.prefix(limit).reversed()
    }

    private func next(_ place: Place) -> (place: Place, line: Line)? {
        var block = place.block
        var row = place.row + 1
        while block < count {
            let lines = lines(of: block)
            if row < lines.count { return (Place(block: block, row: row), lines[row]) }
            block += 1
            row = 0
        }
        return nil
    }

    /// Where an anchor stands now. A block that is gone is replaced by the one after it.
    func place(of anchor: Anchor) -> Place {
        switch anchor {
        case .bottom: return Place(block: count - 1, row: .max - 1)
        case .at(.entry(let seq), let row):
            return Place(block: min(room.timeline.place(of: seq), count - 1), row: row)
        case .at(.outbox(let id), let row):
            guard let index = waiting.firstIndex(where: { $0.id == id }) else { return place(of: .bottom) }
            return Place(block: room.timeline.count + index, row: row)
        }
    }

    // MARK: - Scrolling

    /// The anchor after so many lines; up is positive. At the end it is `.bottom` again.
    package func scrolled(by amount: Int, height: Int) -> Anchor {
        guard count > 0, height > 0 else { return room.anchor }
        let start = place(of: room.anchor)
        if amount > 0 {
            var isAtTop = false
            let lines = upward(from: start, limit: amount + height, reachedTop: &isAtTop)
            // The top of the log stops at the top of the view.
            let possible = min(amount, lines.count - height)
            guard possible > 0 else { return room.anchor }
            let line = lines[lines.count - 1 - possible]
            return .at(line.key, row: line.row)
        }
        var place = start
        for _ in 0..<(-amount) {
            guard let next = next(place) else { return .bottom }
            place = next.place
        }
        guard next(place) != nil else { return .bottom }
        return .at(key(place.block), row: place.row)
    }

    /// An anchor that shows a message with some of what follows it.
    package func anchor(showing seq: Int64, height: Int) -> Anchor {
        let block = room.timeline.place(of: seq)
        guard block < room.timeline.count else { return .bottom }
        var place = Place(block: block, row: max(0, lines(of: block).count - 1))
        for _ in 0..<(height / 3) {
            guard let next = next(place) else { return .bottom }
            place = next.place
        }
        guard next(place) != nil else { return .bottom }
        return .at(key(place.block), row: place.row)
    }

    /// The day of the last line that is seen, when that is not today: its rule may stand far above.
    package func earlierDay(_ window: Window) -> String? {
        guard case .at = room.anchor else { return nil }
        guard let seq = window.lines.last(where: { $0.key.seq != nil })?.key.seq, let entry = room.timeline[seq: seq]
        else { return nil }
        let moment = model.zone.moment(entry.at)
        return moment.isSameDay(model.zone.moment(model.now)) ? nil : moment.date
    }

    /// Messages behind the anchor, and how many of them came since the view left the end.
    package func below() -> (all: Int, new: Int) {
        guard case .at(let key, _) = room.anchor, let seq = key.seq else { return (0, 0) }
        var all = 0
        var new = 0
        for index in room.timeline.place(of: seq + 1)..<room.timeline.count where room.timeline[index].kind == .message
        {
            all += 1
            if room.timeline[index].seq > room.seenHead, room.timeline[index].by != model.me?.id { new += 1 }
        }
        return (all, new)
    }
}

extension Model {
    /// Messages of a room that have no number yet, in order.
    package func waitingMessages(in channel: ChannelID) -> [OutboxItem] {
        outbox.filter { item in
            guard case .message(let message) = item.call, message.channel == .id(channel) else { return false }
            return rooms[channel]?.timeline.seq(of: message.cid) == nil
        }
    }

    package var failedItems: [OutboxItem] {
        outbox.filter { if case .failed = $0.state { true } else { false } }
    }
}
