import ChatAPI
import ChatTestKit
import Glibc
import Testing

/// The readable specification: every operation with its success and its main refusals, on each transport of the one API.
@Suite("Transcripts")
struct TranscriptTests {
    static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Transcripts"

    static let names: [String] = {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".txt") { names.append(name) }
        }
        return names.sorted()
    }()

    static func transcript(_ name: String) throws -> Transcript {
        guard let text = RunningDaemon.read(folder + "/" + name) else { throw TestFailure("cannot read \(name)") }
        return try Transcript(named: name, text)
    }

    @Test(arguments: names)
    func `the same conversation over the live connection, over REST and in process`(_ name: String) async throws {
        let transcript = try Self.transcript(name)
        var records: [(transport: String, record: [String])] = []
        for transport in transcript.transports.sorted() {
            let stage: any Stage
            switch transport {
            case "local": stage = try LocalStage()
            default:
                let world = try await World.start(["--drain-seconds", "0"])
                stage = DaemonStage(world, live: transport == "live")
            }
            var run = TranscriptRun(transcript, on: stage)
            try await run.play()
            records.append((transport, run.record))
        }
        // Not only what is written there: every answer is the same to the last member.
        guard let first = records.first else { throw TestFailure("no transport is named") }
        for other in records.dropFirst() {
            for (left, right) in zip(first.record, other.record) where left != right {
                Issue.record("\(name) differs:\n    \(first.transport): \(left)\n    \(other.transport): \(right)")
            }
            #expect(first.record.count == other.record.count)
        }
    }

    @Test
    func `every operation has a success and a refusal`() throws {
        var successes: Set<String> = []
        var refusals: Set<String> = []
        for name in Self.names {
            let covered = try Self.transcript(name).covered
            successes.formUnion(covered.successes)
            refusals.formUnion(covered.refusals)
        }
        let all = Set(Operation.all.map(\.name))
        #expect(!all.isEmpty)
        #expect(all.subtracting(successes).sorted() == [], "operations that no transcript calls with success")
        #expect(all.subtracting(refusals).sorted() == [], "operations that no transcript sees refused")
    }
}
