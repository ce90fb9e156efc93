import ChatTestKit
import Glibc
import Testing

/// The journey of an event as `make journey` runs it: one script, a real daemon that is killed on the way, real clients.
@Suite struct JourneyTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    @Test(.timeLimit(.minutes(5)))
    func `from a file to the audit log, with the daemon killed in the middle`() async throws {
        let chatd = try DaemonBinary.path(of: "chatd")
        let folder = String(chatd.dropLast("/chatd".count))
        let scratch = try ScratchFolder()
        let journey = try await FinishedProgram.run(
            path: "/bin/bash",
            [Self.root + "/Scripts/journey"],
            environment: [
                "PLAZA_BIN=\(folder)", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=\(scratch.path)",
                "TMPDIR=\(scratch.path)", "LANG=C.UTF-8",
            ],
            within: 240_000
        )
        #expect(journey.status == 0, "it said:\n\(journey.output)")
        // Its steps, in their order: a journey that leaves one out is another one.
        var rest = journey.output[...]
        for step in Self.steps {
            guard let found = rest.firstRange(of: step) else {
                Issue.record("'\(step)' is missing or comes too early in:\n\(journey.output)")
                return
            }
            rest = rest[found.upperBound...]
        }
    }

    private static let steps = [
        "agency approve nordlys", "event apply -f", "created", "unchanged", "no differences",
        "did you mean capacity", "bo$ chatctl join", "eli$ chatctl join", "sketch draw", "request ask devconf",
        "arne$ chatctl request take", "mia$ chatctl request take", "already_claimed", "kill -9", "ready again",
        "chat end @bo", "chat rate @arne 5", "requests.take", "chats.end", "audit verify", "That was the journey",
    ]
}
