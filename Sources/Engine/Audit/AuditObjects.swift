import ChatAPI
import Storage

/// What the objects of audit entries are called now: entries keep ids, people look for names.
///
/// Looked up when the log is read and never stored with it: a name that was erased is found nowhere.
struct AuditObjects {
    /// What a page has asked for before; most of it is about the same few things.
    private var known: [String: String?] = [:]

    /// `bo` for an account, a session, a request or a chat; `devconf/stage` for a channel; nil for what is gone.
    mutating func name(of object: String, _ tx: borrowing some Reading & ~Copyable) throws -> String? {
        let parts = object.split(separator: "/").map(String.init)
        guard parts.count > 1 else { return nil }
        let key = "\(parts[0])/\(parts[1])"
        if let name = known[key] { return name }
        let name = try Self.find(parts[0], parts[1], tx)
        known[key] = .some(name)
        return name
    }

    private static func find(
        _ kind: String,
        _ text: String,
        _ tx: borrowing some Reading & ~Copyable
    ) throws -> String? {
        guard let id = ID<Scope>(text) else { return nil }
        func account(_ id: AccountID?) throws -> String? { try id.flatMap { try AccountStore.name(of: $0, tx) } }
        switch kind {
        case "account": return try account(id.retyped())
        case "session": return try account(SessionStore.find(id.retyped(), tx)?.account)
        case "request": return try account(RequestStore.request(id.retyped(), tx)?.participant)
        case "chat": return try account(ChatStore.chat(id.retyped(), tx)?.participant)
        default: return try Scope.Kind(rawValue: kind).flatMap { try SpaceNames.words(for: Scope($0, id), tx) }
        }
    }

    /// What a filter names, as entries do: `account/bo`, `channel/devconf/stage` and `event/devconf` become ids.
    static func object(_ text: String, _ tx: borrowing some Reading & ~Copyable) throws -> String {
        guard let slash = text.firstIndex(of: "/") else { return text }
        let (kind, name) = (text[..<slash], String(text[text.index(after: slash)...]))
        switch kind {
        case "account": return "account/\(try AccountStore.find(named: name, tx)?.id.description ?? name)"
        case "channel": return (try? ChannelStore.resolve(name, tx)).map { "channel/\($0)" } ?? text
        case "event", "agency":
            guard let space = try SpaceStore.find(name, tx), space.kind.rawValue == kind else { return text }
            return space.description
        default: return text
        }
    }
}
