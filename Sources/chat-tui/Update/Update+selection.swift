import ChatAPI
import ChatKit
import TerminalUI

/// Acting on a selected message with one letter.
extension Model {
    /// The selected message moves; below the last one the line has the keys again.
    mutating func moveSelection(_ step: Int) {
        guard let room else { return }
        deletionAsked = nil
        var index = room.selected.map { room.timeline.place(of: $0) } ?? startOfSelection(room)
        while true {
            index += step
            guard index >= 0 else { return }
            guard index < room.timeline.count else {
                changeRoom { $0.selected = nil }
                return
            }
            if room.timeline[index].kind == .message || room.timeline[index].kind == .sketchCreated { break }
        }
        let seq = room.timeline[index].seq
        changeRoom { $0.selected = seq }
        keepSelectionInSight(seq)
    }

    /// Behind the lowest entry that is seen.
    private func startOfSelection(_ room: Room) -> Int {
        if case .at(.entry(let seq), _) = room.anchor { return room.timeline.place(of: seq + 1) }
        return room.timeline.count
    }

    private mutating func keepSelectionInSight(_ seq: Int64) {
        guard let room else { return }
        let area = timelineRect
        let layout = TimelineLayout(self, room, width: area.width)
        let rows = layout.window(height: area.height).lines
        let isWhole = rows.contains { $0.key == .entry(seq) && $0.kind.isSelectable }
        guard !isWhole || rows.first?.key == .entry(seq) else { return }
        let anchor = layout.anchor(showing: seq, height: area.height)
        changeRoom { room in
            if room.anchor == .bottom, anchor != .bottom { room.seenHead = room.timeline.head }
            room.anchor = anchor
        }
    }

    mutating func performSelected(_ command: KeyCommand) -> [Effect] {
        guard let room, let seq = room.selected, let entry = room.timeline[seq: seq] else {
            changeRoom { $0.selected = nil }
            return []
        }
        if command != .delete { deletionAsked = nil }
        // A card is opened; nothing else can be done to it from here.
        if entry.kind == .sketchCreated, let sketch = entry.sketch {
            switch command {
            case .reply, .open:
                changeRoom { $0.selected = nil }
                return open(sketch)
            case .edit, .delete, .react, .pin, .copy, .context: return refuse("Enter opens the drawing")
            default: break
            }
        }
        switch command {
        case .selectUp: moveSelection(-1)
        case .selectDown: moveSelection(1)
        case .cancel:
            changeRoom { $0.selected = nil }
            if wayBack != nil { return goBack() }
        case .bottom:
            changeRoom { $0.selected = nil }
            scrollToBottom()
        case .reply:
            changeRoom { $0.selected = nil }
            guard entry.redactedAt == nil else { return refuse("a deleted message cannot be answered") }
            composing = .reply(to: seq)
        case .edit:
            guard entry.by == me?.id else { return refuse("only \(name(of: entry.by)) can edit that message") }
            guard let text = entry.text, entry.redactedAt == nil else { return refuse("that message is deleted") }
            changeRoom { $0.selected = nil }
            composing = .edit(seq)
            composer.set(text)
        case .delete: return deleteSelected(entry, room)
        case .react: overlay = .emoji(EmojiPane(target: seq))
        case .pin: return togglePin(entry)
        case .copy:
            changeRoom { $0.selected = nil }
            return copy(entry)
        case .open:
            guard let link = MessageText.links(in: entry.text ?? "").first else {
                return refuse("there is no link in that message")
            }
            return [.openLink(link)]
        case .context:
            guard let target = entry.replyTo else { return refuse("that message answers none") }
            return jump(to: target, in: room.id)
        default: return perform(command)
        }
        return []
    }

    private mutating func refuse(_ sentence: String) -> [Effect] {
        tell(sentence, .trouble)
        return []
    }

    private mutating func deleteSelected(_ entry: Entry, _ room: Room) -> [Effect] {
        guard entry.redactedAt == nil else { return refuse("that message is deleted already") }
        guard entry.by == me?.id || room.channel.role == .admin else {
            return refuse("only \(name(of: entry.by)) or an admin of the channel can delete that message")
        }
        guard deletionAsked == entry.seq else {
            deletionAsked = entry.seq
            tell("d again deletes this message for good")
            return []
        }
        deletionAsked = nil
        changeRoom { $0.selected = nil }
        return [.post(.delete(MessageRef(channel: room.id, seq: entry.seq)))]
    }

    func toggle(_ emoji: String, on entry: Entry) -> [Effect] {
        guard let room else { return [] }
        let reference = ReactionRef(channel: room.id, seq: entry.seq, emoji: emoji)
        let isThere =
            entry.reactions?.contains { reaction in
                reaction.emoji == emoji && me.map { reaction.by.contains($0.id) } == true
            } ?? false
        return [.post(isThere ? .unreact(reference) : .react(reference))]
    }

    func togglePin(_ entry: Entry) -> [Effect] {
        guard let room else { return [] }
        let reference = MessageRef(channel: room.id, seq: entry.seq)
        return [.post(entry.pinned == true ? .unpin(reference) : .pin(reference))]
    }

    mutating func copy(_ entry: Entry) -> [Effect] {
        guard let text = entry.text else { return refuse("that message is deleted") }
        tell("copied")
        return [.copy(text)]
    }

    mutating func openSearch(_ text: String) -> [Effect] {
        var pane = SearchPane(text, channel: current)
        guard !text.isEmpty else {
            overlay = .search(pane)
            return []
        }
        pane.asked = text
        pane.isLoading = true
        overlay = .search(pane)
        return [.ask(.search(text, current, cursor: nil))]
    }
}
