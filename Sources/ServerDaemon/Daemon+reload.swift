import ChatAPI
import Engine
import Synchronization
import Telemetry

// Reload: the same places are read again; what can change without dropping a connection changes, the rest is named.
extension Daemon {
    /// - Throws: a sentence for whoever asked; nothing has changed then.
    func reload() throws(APIError) -> ReloadResult {
        do {
            let result = try takeOver(source.load())
            log.notice(
                "reloaded",
                [
                    "changed": .string(result.changed.joined(separator: ",")),
                    "needsRestart": .string(result.needsRestart.joined(separator: ",")),
                ]
            )
            statusLine.note("reloaded: \(result.sentence)")
            return result
        } catch {
            log.error("reload refused", ["error": .string("\(error)")])
            statusLine.note("reload refused: \(error)")
            throw APIError(.badRequest, "reload refused, nothing changed: \(error)")
        }
    }

    private func takeOver(_ new: Configuration) throws -> ReloadResult {
        try new.check()
        let levels = try LogLevels(new.text("log.level"))
        try certificate?.reload()
        let changed = configuration.withLock { current in
            let changed = current.changes(to: new)
            // What needs a restart stays as it is in use, and is named again by the next reload.
            for setting in changed where setting.isReloadable { current.take(setting.key, from: new) }
            return changed
        }
        sink.apply(levels)
        engine.apply(
            isRegistrationOpen: new.text("registration") == "open",
            everyoneCreatesChannels: new.text("channels.create") == "everyone",
            botRate: new.integer("limits.bot-rate")
        )
        return ReloadResult(
            changed: changed.filter(\.isReloadable).map(\.key),
            needsRestart: changed.filter { !$0.isReloadable }.map(\.key)
        )
    }
}

extension ReloadResult {
    /// `registration, log.level; a restart takes listen`.
    fileprivate var sentence: String {
        let taken = changed.isEmpty ? "nothing changed" : changed.joined(separator: ", ")
        return needsRestart.isEmpty ? taken : "\(taken); a restart takes \(needsRestart.joined(separator: ", "))"
    }
}
