import ChatAPI
import ChatKit

/// Lines that were sent, kept between runs: a JSON list beside the outbox, readable by its owner only.
enum History {
    /// As many as the editor keeps; a file of some 100 KiB.
    static let limit = 500

    static func path(_ profile: Profile) -> String { "\(profile.folders.state)/\(profile.name)/history.json" }

    static func load(_ profile: Profile) -> [String] {
        guard let bytes = try? Files.read(path(profile)) else { return [] }
        return (try? Coding.decode([String].self, from: bytes)) ?? []
    }

    /// A history that cannot be written is forgotten at the end; nothing else suffers.
    static func save(_ entries: [String], _ profile: Profile) {
        // Commands with secrets in them are not written down.
        let kept = entries.filter { !$0.hasPrefix("/join ") && $0.utf8.count <= 4_096 }.suffix(limit)
        try? Files.write(Coding.encode(Array(kept)), to: path(profile))
    }
}
