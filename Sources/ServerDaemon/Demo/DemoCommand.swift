import ChatAPI
import Glibc
import Synchronization
import Transport

/// `chatd seed-demo`: fills the database of `--data` before the daemon serves it.
enum DemoCommand {
    static func run(_ configuration: Configuration, passwordFile: String?) throws {
        let password = try firstLine(of: passwordFile)
        let seed = try DemoSeed(try Places(configuration))
        let outcome = Outcome()
        Task {
            do {
                outcome.set(.success(try await seed.run(password: password)))
            } catch {
                outcome.set(.failure(error))
            }
        }
        print("demo: \(try outcome.take().get())")
    }

    private static func firstLine(of path: String?) throws -> String {
        guard let path, let file = fopen(path, "re") else {
            throw StartError("seed-demo takes --password-file FILE, a file that can be read")
        }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: Limits.passwordBytes)
        guard fgets(&line, Int32(line.count), file) != nil else { throw StartError("\(path) is empty") }
        return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What a task came to, for the main thread that waits for it.
    private final class Outcome: Sendable {
        private let latch = Latch()
        /// Tier: leaf.
        private let result = Mutex<Result<String, any Error>?>(nil)

        func set(_ value: Result<String, any Error>) {
            result.withLock { $0 = value }
            latch.open()
        }

        func take() -> Result<String, any Error> {
            latch.wait()
            guard let result = result.withLock({ $0 }) else { preconditionFailure("the latch opened without a result") }
            return result
        }
    }
}
