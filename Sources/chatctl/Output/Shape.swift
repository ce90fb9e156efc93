import ChatAPI

/// How one kind of thing is printed: its columns, and the name under which other commands take it.
package struct Shape: Sendable {
    /// One, in lower case: `channel`.
    package let noun: String
    package let columns: [Column]
    /// What `-o name` prints.
    let name: @Sendable (Node) -> String
    /// The wire type's members; `--fields` takes these besides the columns.
    let schema: @Sendable () -> Schema

    init<Value: Decodable & SendableMetatype>(
        _ noun: String,
        _ type: Value.Type,
        name: @escaping @Sendable (Node) -> String,
        _ columns: [Column]
    ) {
        self.noun = noun
        self.columns = columns
        self.name = name
        schema = { Schema(Value.self) }
    }

    /// What `--fields` may name, columns first.
    var fields: [String] {
        var names = columns.map(\.path)
        func visit(_ schema: Schema, _ prefix: String) {
            guard case .object(let members) = schema else { return }
            for member in members {
                let path = prefix + member.name
                if !names.contains(path) { names.append(path) }
                visit(member.schema, path + ".")
            }
        }
        visit(schema(), "")
        return names
    }

    /// The columns of a table or a spreadsheet that has just these fields.
    func columns(of fields: [String]) -> [Column] {
        fields.map { field in columns.first { $0.path == field } ?? Column(field) }
    }
}

/// One column of a table, one line of a single thing.
package struct Column: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case plain
        /// Unix milliseconds.
        case time
        /// An amount of memory or disk.
        case bytes
        /// Set against the right edge.
        case number
        /// Milliseconds that something takes.
        case duration
        /// What somebody wrote: a comma between two of them would be theirs.
        case sentences
    }

    /// Where the value is found, and what `--fields` calls it.
    package let path: String
    package let title: String
    package let kind: Kind
    /// Shown by `-o wide` and in spreadsheets only.
    package let isWide: Bool
    /// In a stream, where nobody knows what is still to come: the columns a usual value takes, so that rows stay in line.
    package let usual: Int
    /// Shown all the same where there is a single thing, one line each.
    package let isOfOne: Bool

    package init(
        _ path: String,
        _ title: String? = nil,
        _ kind: Kind = .plain,
        usual: Int = 0,
        wide: Bool = false,
        ofOne: Bool = false
    ) {
        self.path = path
        self.title = title ?? Self.title(of: path)
        self.kind = kind
        self.usual = usual
        isWide = wide
        isOfOne = ofOne
    }

    /// `displayName` → `DISPLAY-NAME`, `account.name` → `ACCOUNT-NAME`.
    private static func title(of path: String) -> String {
        var title = ""
        for character in path {
            if character == "." {
                title += "-"
            } else {
                if character.isUppercase, !title.hasSuffix("-"), !title.isEmpty { title += "-" }
                title += character.uppercased()
            }
        }
        return title
    }
}
