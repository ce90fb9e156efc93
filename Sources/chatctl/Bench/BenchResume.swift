import ChatAPI
import Transport

/// Coming back: one connection that names its position and gets everything it missed behind the answer to hello.
struct BenchResume: Sendable {
    struct Result: Sendable {
        var missed = 0
        var rounds = 0
        /// From sending hello to the last missed entry, in milliseconds.
        var p50 = 0.0
        var p99 = 0.0
        /// The daemon's CPU time for one resume, in milliseconds.
        var cpuMilliseconds = 0.0
    }

    let loop: EventLoop
    let address: ConnectAddress
    let pid: Int

    func run(token: String, resume: Resume, missed: Int, rounds: Int) async throws -> Result {
        var times: [Int64] = []
        let cpu = BenchMeasures.cpuSeconds(of: pid)
        for _ in 0..<rounds {
            times.append(try await once(token: token, resume: resume, missed: missed))
        }
        var result = Result()
        result.missed = missed
        result.rounds = rounds
        result.p50 = BenchMeasures.percentile(0.5, of: times) / 1e6
        result.p99 = BenchMeasures.percentile(0.99, of: times) / 1e6
        result.cpuMilliseconds = (BenchMeasures.cpuSeconds(of: pid) - cpu) * 1_000 / Double(max(rounds, 1))
        return result
    }

    /// The closures all run on the loop.
    private final class Round: @unchecked Sendable {
        var waiter: CheckedContinuation<Int64, any Error>?
        var count = 0
        var start: Int64 = 0

        func finish(_ result: Swift.Result<Int64, any Error>) {
            waiter?.resume(with: result)
            waiter = nil
        }
    }

    private func once(token: String, resume: Resume, missed: Int) async throws -> Int64 {
        try await withCheckedThrowingContinuation { continuation in
            loop.post { [loop, address] in
                let round = Round()
                round.waiter = continuation
                var events = BenchSocket.Events()
                events.push = { socket, _ in
                    round.count += 1
                    if round.count == missed {
                        round.finish(.success(BenchMeasures.nanoseconds - round.start))
                        socket.close()
                    }
                }
                events.closed = { _, reason in
                    round.finish(.failure(BenchFailure("closed after \(round.count) of \(missed) entries: \(reason)")))
                }
                let socket = BenchSocket(index: 0, token: token, resume: resume, events: events)
                Connector.connect(to: address, on: loop) { result in
                    switch result {
                    case .success(let connection):
                        round.start = BenchMeasures.nanoseconds
                        socket.begin(on: connection)
                    case .failure(let failure): round.finish(.failure(BenchFailure(failure.sentence)))
                    }
                }
            }
        }
    }
}
