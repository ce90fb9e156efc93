import Storage

/// The file `search.db`: what is in it, whose it is, and when it is thrown away and made again.
///
/// - `document`: one row per message that has a text. Its id is the message's time and number, `at << 20 | seq & 0xFFFFF`
///   (the next free one if two channels meet there), so that the order of ids is the order of time and a period is a range.
/// - `message_index`: FTS5 over `document_content`, a view; the words of texts, and in `tags` the words `c<channel>` and
///   `a<author>`, by which the index itself filters.
/// - `source`: the channels by a short number, and how far each has been read.
/// - `author`: the authors by a short number.
/// - `mark`: which database this was made from, and whether erased words wait for a merge.
enum SearchSchema {
    /// Raised when anything here changes, or what goes into the index: the file is made again then.
    static let format: Int64 = 1

    static let text = """
        CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE source (
            number INTEGER PRIMARY KEY,
            channel BLOB NOT NULL UNIQUE,
            position INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE author (
            number INTEGER PRIMARY KEY,
            account BLOB NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE document (
            id INTEGER PRIMARY KEY,
            source INTEGER NOT NULL,
            author INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            text TEXT NOT NULL
        ) STRICT;
        CREATE VIEW document_content AS
            SELECT id, text, 'c' || source || ' a' || author AS tags FROM document;
        CREATE VIRTUAL TABLE message_index USING fts5(
            text, tags, content = 'document_content', content_rowid = 'id', columnsize = 0,
            tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co'"
        );
        INSERT INTO message_index (message_index, rank) VALUES ('hashsize', 8388608);
        INSERT INTO message_index (message_index, rank) VALUES ('automerge', 8);
        """

    private static let selectMark: SQL = "SELECT value FROM mark WHERE name = :name"
    private static let replaceMark: SQL = """
        INSERT INTO mark (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """

    static func mark(_ name: String, _ connection: Connection) throws -> String? {
        try connection.first(selectMark) {
            $0.bind("name", name)
        } row: {
            $0.string(0)
        }
    }

    static func setMark(_ name: String, _ value: String, _ connection: Connection) throws {
        try connection.run(replaceMark) {
            $0.bind("name", name)
            $0.bind("value", value)
        }
    }
}
