import ChatAPI
import ChatTestKit
import Testing

/// What an older client makes of everything that a newer daemon may answer: words it does not know, in every place where
/// a word stands, and members it has never heard of, in every object.
@Suite("Answers of newer daemons")
struct NewerDaemonTests {
    @Test(arguments: Operation.all)
    func `no word and no member that is new makes an answer unreadable`(operation: Operation) {
        let answer = Coding.encode(Tomorrow.sample(operation.output))
        #expect(throws: Never.self, "\(operation.name): \(String(decoding: answer.prefix(600), as: UTF8.self))") {
            try operation.readAnswer(answer)
        }
    }

    @Test func `the words of answers are in these samples`() {
        func words(_ schema: Schema) -> Int {
            switch schema {
            case .names: 1
            case .array(let item), .map(let item): words(item)
            case .object(let members): members.reduce(0) { $0 + words($1.schema) }
            default: 0
            }
        }
        // One that cannot be sampled would hide those behind it: of a lock, who holds it.
        #expect(Schema(SketchLock.self).member("by") == .string(format: "uuid"))
        let found = Operation.all.filter { words($0.output) > 0 }.map(\.name)
        for name in ["requests.list", "chats.get", "events.get", "agencies.list", "me.get", "entries.list", "sync"] {
            #expect(found.contains(name), "\(name)")
        }
    }
}
