import Flags
import Glibc

/// Where the configuration comes from, so that a reload reads the same places again.
struct ConfigurationSource: Sendable {
    private let file: String?
    private let line: [String: String]
    private let environment: @Sendable (String) -> String?

    /// Read if no file is named and it exists.
    static let defaultFile = "/etc/chatd/chatd.yaml"
    /// A configuration is a page or two; more is a mistake.
    private static let limitBytes = 1_048_576

    init(values: Values, environment: @escaping @Sendable (String) -> String?) {
        file = values.string("config")
        var line: [String: String] = [:]
        for setting in Setting.all where values.origin(setting.option) == .line {
            line[setting.key] = values.string(setting.option)
        }
        self.line = line
        self.environment = environment
    }

    func load() throws(Configuration.Refusal) -> Configuration {
        let bytes: [UInt8]?
        let name = file ?? Self.defaultFile
        if let file {
            bytes = try Self.read(file)
        } else {
            bytes = access(Self.defaultFile, R_OK) == 0 ? try Self.read(Self.defaultFile) : nil
        }
        return try Configuration(file: bytes, named: name, environment: environment, line: line)
    }

    private static func read(_ path: String) throws(Configuration.Refusal) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Configuration.Refusal(description: "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else {
                throw Configuration.Refusal(description: "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > limitBytes {
                throw Configuration.Refusal(
                    description: "\(path) is over \(limitBytes) bytes; that is no configuration"
                )
            }
        }
    }
}
