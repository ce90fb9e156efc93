import ChatAPI
import ChatKit

/// What the linear modes tell of one's own request, of tables and of private notes: each change once.
struct LinearDesk {
    private var toldRequest: ChatRequest?
    private var toldRating: ChatID?
    private var table: Page.Kind?
    /// Rows of the open table that were told, with what they name.
    private var rows: [String: String] = [:]
    private var notes: [ChatID: Set<Int64>] = [:]

    mutating func lines(_ model: Model) -> [LinearLine] {
        request(model) + page(model) + privateNotes(model)
    }

    /// Its state, its place; the estimate alone is no news.
    private mutating func request(_ model: Model) -> [LinearLine] {
        let own = model.ownRequest
        defer { toldRequest = own }
        if let own {
            guard toldRequest?.id != own.id || toldRequest?.state != own.state || toldRequest?.position != own.position
            else { return [] }
            return [.request(own)]
        }
        guard let chat = model.rateable, chat.id != toldRating, let sentence = RequestLine(model).sentence else {
            return []
        }
        toldRating = chat.id
        return [.state("rating", text: sentence)]
    }

    /// A table when it opens, then rows that come and rows that go.
    private mutating func page(_ model: Model) -> [LinearLine] {
        guard let page = model.page else {
            table = nil
            return []
        }
        if case .queue(let id) = page.kind, model.help.boards[id]?.isLoading == true { return [] }
        guard !page.isLoading else { return [] }
        let shown = model.table(page.kind)
        var lines: [LinearLine] = []
        if table != page.kind {
            table = page.kind
            rows = [:]
            let detail = shown.detail.isEmpty ? "" : ": " + shown.detail
            lines.append(.state("table", text: shown.title + detail))
            if shown.rows.isEmpty { lines.append(.state("table", text: shown.emptySentence)) }
        }
        let ids = Set(shown.rows.map(\.id))
        for (id, name) in rows.sorted(by: { $0.value < $1.value }) where !ids.contains(id) {
            rows[id] = nil
            lines.append(.state("gone", text: "\(name) is not in this table any more"))
        }
        for (index, row) in shown.rows.enumerated() where rows[row.id] == nil {
            rows[row.id] = name(of: row.id, page.kind, model) ?? row.cells.first { !$0.text.isEmpty }?.text ?? row.id
            lines.append(.row(number: index + 1, row, shown.columns))
        }
        return lines
    }

    private func name(of id: String, _ kind: Page.Kind, _ model: Model) -> String? {
        guard case .queue(let queue) = kind else { return nil }
        let request = model.help.boards[queue]?.requests.first { $0.id.description == id }
        return request.map { model.name(of: $0.participant, called: $0.participantName) }
    }

    private mutating func privateNotes(_ model: Model) -> [LinearLine] {
        guard let chat = model.openChat, model.handles(chat) else { return [] }
        var told = notes[chat.id] ?? []
        let new = (model.help.notes[chat.id] ?? []).filter { told.insert($0.seq).inserted }
        notes[chat.id] = told
        return new.map { .note($0, room: chat.channel) }
    }
}

extension LinearLine {
    /// `2. 4 min · medical · carol · I fell`.
    static func sentence(_ number: Int, _ row: PageTable.Row, _ columns: [PageTable.Column]) -> String {
        let cells = zip(columns, row.cells).filter { $0.0.title != "#" && !$0.1.text.isEmpty && $0.1.text != "–" }
        return "\(number). " + cells.map { $0.1.text }.joined(separator: " · ")
    }

    /// The same with the columns as members.
    static func members(_ number: Int, _ row: PageTable.Row, _ columns: [PageTable.Column]) -> [String: JSON] {
        var members: [String: JSON] = [:]
        for (column, cell) in zip(columns, row.cells) where column.title != "#" && !cell.text.isEmpty {
            members[column.name] = .string(cell.text)
        }
        members["type"] = "row"
        members["number"] = .integer(Int64(number))
        members["id"] = .string(row.id)
        return members
    }

    static func members(_ request: ChatRequest) -> [String: JSON] {
        var members: [String: JSON] = [
            "type": "request", "id": .string(request.id.description), "state": .string(request.state.rawValue),
        ]
        if let position = request.position { members["position"] = .integer(Int64(position)) }
        if let estimate = request.estimatedWaitMs { members["estimatedWaitMs"] = .integer(estimate) }
        if let chat = request.chat { members["chat"] = .string(chat.description) }
        return members
    }
}
