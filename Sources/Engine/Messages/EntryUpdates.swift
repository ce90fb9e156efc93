import ChatAPI
import Storage

/// How a message's row becomes its current form: the statements behind edits, redactions, reactions and pins.
extension EntryStore {
    private static let updateText: SQL = """
        UPDATE entry SET text = :text, rev = :rev, edited_at = :at, sent_hash = COALESCE(sent_hash, :sentHash)
        WHERE log = :log AND seq = :seq
        """
    private static let updateRevision: SQL = "UPDATE entry SET rev = :rev WHERE log = :log AND seq = :seq"
    private static let redactMessage: SQL = """
        UPDATE entry SET text = NULL, detail = NULL, sent_hash = NULL, edited_at = NULL, rev = :rev, redacted_at = :at
        WHERE log = :log AND seq = :seq
        """
    private static let redactEdits: SQL = """
        UPDATE entry SET text = NULL WHERE log = :log AND target = :target AND kind = 'edit'
        """
    /// The text of an edit becomes the message's. The hash of what was sent first stays: a late repeat of the sending is
    /// recognised by it.
    static func setText(_ text: String, of message: Entry, edit: Entry, _ tx: borrowing Transaction) throws {
        try tx.run(updateText) {
            $0.bind("text", text)
            $0.bind("rev", edit.seq)
            $0.bind("at", edit.at)
            $0.bind("sentHash", message.text.map { sentHash($0, replyTo: message.replyTo) })
            $0.bind("log", message.channel)
            $0.bind("seq", message.seq)
        }
    }

    /// Something was applied to the message that is kept elsewhere: reactions, pins.
    static func setRevision(_ rev: Int64, of message: Int64, in channel: ChannelID, _ tx: borrowing Transaction) throws
    {
        try tx.run(updateRevision) {
            $0.bind("rev", rev)
            $0.bind("log", channel)
            $0.bind("seq", message)
        }
    }

    /// Overwrites the message and every edit of it; takes its mentions, reactions and pin away.
    static func redact(_ message: Entry, in channel: ChannelID, by redaction: Entry, _ tx: borrowing Transaction) throws
    {
        try tx.run(redactMessage) {
            $0.bind("rev", redaction.seq)
            $0.bind("at", redaction.at)
            $0.bind("log", channel)
            $0.bind("seq", message.seq)
        }
        try tx.run(redactEdits) {
            $0.bind("log", channel)
            $0.bind("target", message.seq)
        }
        try MentionStore.delete(message.seq, in: channel, tx)
        try ReactionStore.deleteAll(of: message.seq, in: channel, tx)
        try PinStore.delete(message.seq, in: channel, tx)
    }

    /// What tells a late repeat from another message under the same cid, once the text is not the one that was sent.
    static func sentHash(_ text: String, replyTo: Int64?) -> [UInt8] {
        var bytes = Array(text.utf8)
        withUnsafeBytes(of: (replyTo ?? 0).bigEndian) { bytes.append(contentsOf: $0) }
        return Array(Hash.of(bytes).prefix(16))
    }
}
