// The audit log's entries straight into bytes: every change is told to who follows the log.

extension AuditEntry {
    /// The members as `Coding.encode` writes them, into the open object.
    package func write(to json: inout JSONWriter) {
        json.key("action")
        json.value(action)
        json.member("actor", actor)
        json.member("actorName", actorName)
        json.member("address", address)
        json.member("after", after)
        json.key("at")
        json.value(at)
        json.member("before", before)
        json.key("hash")
        json.value(hash)
        json.key("isErased")
        json.value(isErased)
        json.key("object")
        json.value(object)
        json.key("payloadHash")
        json.value(payloadHash)
        json.key("previousHash")
        json.value(previousHash)
        json.member("requestId", requestID)
        json.key("seq")
        json.value(seq)
        json.member("session", session)
        json.key("severity")
        json.value(severity.rawValue)
    }
}

extension JSON {
    /// As `Coding.encode` writes it: members by their names, no spaces.
    package var bytes: [UInt8] {
        var json = JSONWriter(reserving: 64)
        json.value(json: self)
        return json.finish()
    }
}

extension JSONWriter {
    package mutating func value(json: JSON) {
        switch json {
        case .null: raw("null".utf8)
        case .bool(let flag): value(flag)
        case .integer(let number): value(number)
        case .number(let number): raw(Coding.encode(number))
        case .string(let text): value(text)
        case .array(let items):
            openArray()
            for item in items { value(json: item) }
            closeArray()
        case .object(let members):
            openObject()
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                key(escaping: name)
                value(json: member)
            }
            closeObject()
        }
    }

    fileprivate mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        key(name)
        value(text)
    }

    fileprivate mutating func member<Owner>(_ name: StaticString, _ id: ID<Owner>?) {
        guard let id else { return }
        key(name)
        value(id)
    }

    fileprivate mutating func member(_ name: StaticString, _ json: JSON?) {
        guard let json else { return }
        key(name)
        value(json: json)
    }
}
