import Glibc

/// Standard input line by line, on a thread of its own: the program never waits for it.
enum LineReader {
    /// A line may be as long as a message and its command; what is longer is cut into lines.
    static let limitBytes = 65_536

    private final class Context {
        let deliver: @Sendable (String?) -> Void
        init(_ deliver: @escaping @Sendable (String?) -> Void) { self.deliver = deliver }
    }

    /// Begins. `deliver` gets each line without its end, and nil at the end of the input. False without a thread.
    static func start(_ deliver: @escaping @Sendable (String?) -> Void) -> Bool {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Context(deliver)).toOpaque()
        let outcome = pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument else { return nil }
                let context = Unmanaged<Context>.fromOpaque(argument).takeRetainedValue()
                LineReader.read(context.deliver)
                return nil
            },
            context
        )
        guard outcome == 0 else {
            Unmanaged<Context>.fromOpaque(context).release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private static func read(_ deliver: (String?) -> Void) {
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = Glibc.read(0, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            for byte in buffer[..<count] {
                if byte == 0x0A || line.count >= limitBytes {
                    deliver(text(line))
                    line = []
                    if byte == 0x0A { continue }
                }
                line.append(byte)
            }
        }
        if !line.isEmpty { deliver(text(line)) }
        deliver(nil)
    }

    private static func text(_ line: [UInt8]) -> String {
        String(decoding: line.last == 0x0D ? line.dropLast() : line[...], as: UTF8.self)
    }
}
