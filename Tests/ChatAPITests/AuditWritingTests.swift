import ChatAPI
import Testing

/// The audit log's fast path writes what the coder writes.
@Suite struct AuditWritingTests {
    private static let values: [JSON] = [
        .null, true, false, 0, -7, 9_007_199_254_740_993, .number(1.5), "", "a \"quoted\" \\ line\n\u{1}\u{1F600}é/",
        [], [1, "two", [.null]], [:],
        ["b": 1, "a": ["z": "é", "y": [true, .number(-0.25)]], "with \"quotes\"": "x"],
    ]

    @Test(arguments: values)
    func `a value is the same bytes`(value: JSON) {
        #expect(String(decoding: value.bytes, as: UTF8.self) == String(decoding: Coding.encode(value), as: UTF8.self))
    }

    @Test(arguments: [true, false])
    func `an entry is the same bytes, with and without what may be missing`(isWhole: Bool) {
        let entry = AuditEntry(
            seq: 7,
            at: 1_777_636_800_000,
            actor: isWhole ? AccountID(high: 1, low: 2) : nil,
            actorName: isWhole ? "ana \"the\" first" : nil,
            session: isWhole ? SessionID(high: 3, low: 4) : nil,
            address: isWhole ? "::1" : nil,
            requestID: isWhole ? "r1" : nil,
            action: "accounts.create",
            object: "account/x",
            severity: .notice,
            before: isWhole ? ["name": "ana"] : nil,
            after: isWhole ? ["name": "bo", "about": .null] : nil,
            isErased: !isWhole,
            previousHash: "00",
            payloadHash: "01",
            hash: "02"
        )
        var json = JSONWriter()
        json.openObject()
        entry.write(to: &json)
        json.closeObject()
        let written = String(decoding: json.finish(), as: UTF8.self)
        #expect(written == String(decoding: Coding.encode(entry), as: UTF8.self))
    }
}
