import ChatAPI
import Storage

/// Table `entry`: every channel's log and every account's `@me`, in one form.
///
/// The key is (log, seq). Text, cid, reply and target have columns because they are searched and joined; what other
/// kinds carry is JSON in `detail`. A message row is its current form: an edit is an entry of its own and changes the
/// text here; `rev` is the last `seq` applied.
package enum EntryStore {
    package static let schema = """
        CREATE TABLE entry (
            log BLOB NOT NULL CHECK (length(log) = 16),
            seq INTEGER NOT NULL CHECK (seq > 0),
            kind TEXT NOT NULL,
            author BLOB NOT NULL,
            at INTEGER NOT NULL,
            messages INTEGER NOT NULL,
            broadcasts INTEGER NOT NULL,
            cid BLOB,
            text TEXT,
            reply_to INTEGER,
            target INTEGER,
            rev INTEGER,
            edited_at INTEGER,
            redacted_at INTEGER,
            sent_hash BLOB,
            detail TEXT,
            PRIMARY KEY (log, seq)
        ) STRICT, WITHOUT ROWID;
        CREATE UNIQUE INDEX entry_cid ON entry (cid, author) WHERE cid IS NOT NULL;
        CREATE INDEX entry_target ON entry (log, target) WHERE target IS NOT NULL;
        CREATE INDEX entry_named ON entry (text) WHERE kind IN ('join', 'leave');
        CREATE TABLE mention (
            account BLOB NOT NULL,
            channel BLOB NOT NULL,
            seq INTEGER NOT NULL,
            PRIMARY KEY (account, channel, seq)
        ) STRICT, WITHOUT ROWID;
        """

    /// Rebuilds what release 1 wrote as a tree of whole rows by (log, seq): rows of this size leave it ten to a page, inner pages
    /// too, so that a write into many logs wrote many pages. Here rows stand in the order they were written, and a small index leads to
    /// them: an insert is a quarter cheaper, a write into four logs leaves half the pages. A page of a log's past costs 150 µs
    /// more to read.
    static let inOrderOfWriting = """
        CREATE TABLE entry_next (
            log BLOB NOT NULL CHECK (length(log) = 16),
            seq INTEGER NOT NULL CHECK (seq > 0),
            kind TEXT NOT NULL,
            author BLOB NOT NULL,
            at INTEGER NOT NULL,
            messages INTEGER NOT NULL,
            broadcasts INTEGER NOT NULL,
            cid BLOB,
            text TEXT,
            reply_to INTEGER,
            target INTEGER,
            rev INTEGER,
            edited_at INTEGER,
            redacted_at INTEGER,
            sent_hash BLOB,
            detail TEXT,
            PRIMARY KEY (log, seq)
        ) STRICT;
        INSERT INTO entry_next (
            log, seq, kind, author, at, messages, broadcasts, cid, text, reply_to, target, rev, edited_at, redacted_at,
            sent_hash, detail
        )
        SELECT log, seq, kind, author, at, messages, broadcasts, cid, text, reply_to, target, rev, edited_at, redacted_at,
            sent_hash, detail
        FROM entry ORDER BY log, seq;
        DROP TABLE entry;
        ALTER TABLE entry_next RENAME TO entry;
        CREATE UNIQUE INDEX entry_cid ON entry (cid, author) WHERE cid IS NOT NULL;
        CREATE INDEX entry_target ON entry (log, target) WHERE target IS NOT NULL;
        CREATE INDEX entry_named ON entry (text) WHERE kind IN ('join', 'leave');
        """

    private static let insert = SQL(
        """
        INSERT INTO entry (log, seq, kind, author, at, messages, broadcasts, cid, text, reply_to, target, detail)
        VALUES (:log, :seq, :kind, :author, :at, :messages, :broadcasts, :cid, :text, :replyTo, :target, :detail)
        ON CONFLICT (cid, author) WHERE cid IS NOT NULL DO NOTHING
        """
    )
    private static let selectHead = SQL(
        "SELECT seq, messages, broadcasts, at FROM entry WHERE log = :log ORDER BY seq DESC LIMIT 1"
    )
    private static let selectByCid = SQL(
        "SELECT log, seq, at, text, reply_to, sent_hash, redacted_at FROM entry WHERE cid = :cid AND author = :author"
    )
    /// False, and nothing is stored, if its author has used its cid before: one statement finds that out on the way.
    static func insert(_ entry: Entry, in log: LogID, _ tx: borrowing Transaction) throws -> Bool {
        let inserted = try tx.run(insert) {
            $0.bind("log", log.key)
            $0.bind("seq", entry.seq)
            $0.bind("kind", entry.kind.rawValue)
            $0.bind("author", entry.by)
            $0.bind("at", entry.at)
            $0.bind("messages", entry.messagesSoFar)
            $0.bind("broadcasts", entry.broadcastsSoFar)
            $0.bind("cid", entry.cid)
            $0.bind("text", entry.text)
            $0.bind("replyTo", entry.replyTo)
            $0.bind("target", entry.target)
            $0.bind("detail", EntryDetail.json(entry, in: log))
        }
        guard inserted > 0 else { return false }
        // Nearly no message calls anybody: nobody is asked whom they want to hear then.
        if entry.mentions != nil || entry.mentionsAll == true {
            try MentionStore.insert(entry, except: tx.facts.quieters(of: entry.by, in: tx).all, tx)
        }
        return true
    }

    static func head(of log: LogID, _ tx: borrowing some Reading & ~Copyable) throws -> LogHead {
        try tx.first(selectHead) {
            $0.bind("log", log.key)
        } row: { row in
            LogHead(seq: row.int64(0), messages: row.int64(1), broadcasts: row.int64(2), at: row.int64(3))
        } ?? LogHead()
    }

    /// What was stored under an author's cid.
    struct Stored {
        let channel: ChannelID
        let sent: Sent
        /// In its current form; nil once redacted.
        let text: String?
        let replyTo: Int64?
        /// Of what was sent, once it was edited.
        let sentHash: [UInt8]?
        let isRedacted: Bool

        /// Whether a message is a repeat of this one. The text of a redacted one is gone: the rest decides.
        func isRepeated(by message: Message, in named: ChannelID) -> Bool {
            guard channel == named, replyTo == message.replyTo else { return false }
            if isRedacted { return true }
            if let sentHash { return sentHash == EntryStore.sentHash(message.text, replyTo: message.replyTo) }
            return text == message.text
        }
    }

    static func stored(cid: ClientID, by author: AccountID, _ tx: borrowing Transaction) throws -> Stored? {
        try tx.first(selectByCid) {
            $0.bind("cid", cid)
            $0.bind("author", author)
        } row: { row in
            Stored(
                channel: row.id(0),
                sent: Sent(seq: row.int64(1), at: row.int64(2)),
                text: row.optionalString(3),
                replyTo: row.optionalInt64(4),
                sentHash: row.optionalBytes(5),
                isRedacted: !row.isNull(6)
            )
        }
    }
}

/// The members of an entry that have no column.
struct EntryDetail: Decodable {
    /// The channel that an entry of `@me` is about; in a channel's log it is the log.
    var channel: ChannelID?
    var emoji: String?
    var account: AccountID?
    var role: MemberRole?
    var registers: [Register]?
    var session: SessionID?
    var mentions: [AccountID]?
    var mentionsAll: Bool?
    var sketch: SketchID?
    var picture: SketchPicture?
    var location: Location?
    var queue: QueueID?
    var request: RequestNews?
    var chat: ChatNews?
    var counters: QueueCounters?

    /// As it is stored; nil if the entry has none of them, as most messages do.
    static func json(_ entry: Entry, in log: LogID) -> String? {
        var subject: ChannelID?
        if case .me = log { subject = entry.channel }
        if subject == nil && entry.emoji == nil && entry.account == nil && entry.role == nil && entry.registers == nil
            && entry.session == nil && entry.mentions == nil && entry.mentionsAll == nil && entry.sketch == nil
            && entry.location == nil && entry.queue == nil && entry.request == nil && entry.chat == nil
            && entry.counters == nil
        {
            return nil
        }
        var json = JSONWriter(reserving: 128)
        json.openObject()
        if let subject {
            json.key("channel")
            json.value(subject)
        }
        PushCoding.writeDetail(entry, to: &json)
        json.closeObject()
        return String(decoding: json.finish(), as: UTF8.self)
    }

    func fill(_ entry: inout Entry) {
        if let channel { entry.channel = channel }
        entry.emoji = emoji
        entry.account = account
        entry.role = role
        entry.registers = registers
        entry.session = session
        entry.mentions = mentions
        entry.mentionsAll = mentionsAll
        entry.sketch = sketch
        entry.picture = picture
        entry.location = location
        entry.queue = queue
        entry.request = request
        entry.chat = chat
        entry.counters = counters
    }
}
