import ChatAPI
import ChatKit

/// A channel's log as the daemon keeps it, written down independently of the client: the judge of the timeline tests.
struct ModelLog {
    let channel: ChannelID
    /// What happened, as it was pushed at the time, except texts that a redaction took.
    private(set) var pushed: [Entry] = []
    private(set) var current: [Int64: Entry] = [:]

    init(_ channel: ChannelID) { self.channel = channel }

    var head: Int64 { Int64(pushed.count) }

    /// Appends something that may happen now.
    @discardableResult
    mutating func appendRandom(using random: inout Randomness) -> Entry {
        let messages = current.values.filter { $0.redactedAt == nil }.map(\.seq).sorted()
        let by = account(Int.random(in: 1...3, using: &random))
        let choice = Int.random(in: 0..<10, using: &random)
        guard choice > 3, let target = messages.randomElement(using: &random) else {
            var entry = make(choice == 0 ? .join : .message, by: by)
            entry.text = "text \(entry.seq)"
            entry.cid = entry.kind == .message ? cid(Int(entry.seq)) : nil
            if entry.kind == .message, choice == 1 { entry.mentions = [account(2)] }
            return append(entry)
        }
        let emoji = [":a:", ":b:", ":c:"].randomElement(using: &random)!
        let message = current[target]!
        let isMine = message.reactions?.contains { $0.emoji == emoji && $0.by.contains(by) } ?? false
        var entry: Entry
        switch choice {
        case 4, 5:
            entry = make(.edit, by: message.by)
            entry.text = "edit \(entry.seq)"
        case 6: entry = make(.redaction, by: message.by)
        case 7: entry = make(message.pinned == true ? .unpin : .pin, by: by)
        default:
            entry = make(isMine ? .unreaction : .reaction, by: by)
            entry.emoji = emoji
        }
        entry.target = target
        return append(entry)
    }

    private func make(_ kind: EntryKind, by: AccountID) -> Entry {
        Entry(kind: kind, channel: channel, seq: head + 1, by: by, at: 1_000 + head, messagesSoFar: head)
    }

    private mutating func append(_ entry: Entry) -> Entry {
        pushed.append(entry)
        if entry.kind == .message { current[entry.seq] = entry }
        guard let target = entry.target, var message = current[target] else { return entry }
        message.rev = entry.seq
        switch entry.kind {
        case .edit:
            message.text = entry.text
            message.editedAt = entry.at
        case .redaction:
            message.text = nil
            message.editedAt = nil
            message.mentions = nil
            message.redactedAt = entry.at
            message.reactions = nil
            message.pinned = nil
            for index in pushed.indices where pushed[index].kind == .edit && pushed[index].target == target {
                pushed[index].text = nil
            }
        case .pin: message.pinned = true
        case .unpin: message.pinned = nil
        case .reaction:
            var list = message.reactions ?? []
            if let index = list.firstIndex(where: { $0.emoji == entry.emoji }) {
                list[index].by.append(entry.by)
            } else {
                list.append(Reaction(emoji: entry.emoji!, by: [entry.by]))
            }
            message.reactions = list
        case .unreaction:
            var list = message.reactions ?? []
            for index in list.indices where list[index].emoji == entry.emoji {
                list[index].by.removeAll { $0 == entry.by }
            }
            list.removeAll { $0.by.isEmpty }
            message.reactions = list.isEmpty ? nil : list
        default: break
        }
        current[target] = message
        return entry
    }

    /// As history and catch-up serve it now: messages in their current form.
    func served(_ range: ClosedRange<Int64>) -> [Entry] {
        guard head > 0, range.lowerBound <= head else { return [] }
        return (range.lowerBound...min(range.upperBound, head)).map { current[$0] ?? pushed[Int($0) - 1] }
    }

    func page(_ range: ClosedRange<Int64>) -> EntryPage {
        let entries = served(range)
        return EntryPage(
            entries: entries,
            head: head,
            hasEarlier: range.lowerBound > 1,
            hasLater: (entries.last?.seq ?? range.upperBound) < head
        )
    }
}
