import ChatAPI
import Storage

/// How a register changes: its version, its row, and the entry of `@me` that says so to the account's other devices.
extension Transaction {
    /// Sets or clears a register. A value that it has already changes nothing.
    func setRegister(
        _ key: String,
        to value: JSON?,
        of account: AccountID,
        now: Milliseconds
    ) throws -> Register {
        let stored = try RegisterStore.stored(key, of: account, self)
        let text = value.map(RegisterStore.text)
        if stored?.value == text { return Register(key: key, value: value, version: stored?.version ?? 0) }
        try checkRoom(for: key, text, stored, of: account)
        let difference = (text?.utf8.count ?? 0) - (stored?.value?.utf8.count ?? 0)
        let version = try RegisterStore.advance(account, bytes: difference, self)
        let register = Register(key: key, value: value, version: version)
        let told = try tellMe(account, [register], now: now)
        try RegisterStore.upsert(register, of: account, told: told, self)
        try RegisterStore.emptyEntry(stored?.told, of: account, self)
        return register
    }

    /// Clears what an account that leaves kept about a channel.
    func clearRegisters(about channel: ChannelID, of account: AccountID, now: Milliseconds) throws {
        for key in [RegisterRules.draftKey(channel), RegisterRules.muteKey(channel)] {
            if try RegisterStore.stored(key, of: account, self)?.value != nil {
                _ = try setRegister(key, to: nil, of: account, now: now)
            }
        }
    }

    /// The entry of `@me` that carries changed registers.
    ///
    /// - Returns: its number.
    func tellMe(_ account: AccountID, _ registers: [Register], now: Milliseconds) throws -> Int64 {
        var entry = Entry(kind: .registersChanged, channel: nil, seq: 0, by: account, at: 0)
        entry.registers = registers
        return try appendToMe(entry, of: account, now: now).seq
    }

    private func checkRoom(
        for key: String,
        _ text: String?,
        _ stored: RegisterStore.Stored?,
        of account: AccountID
    ) throws {
        guard let text else { return }
        let bytes = try RegisterStore.head(of: account, self).bytes - (stored?.value?.utf8.count ?? 0)
        if bytes + text.utf8.count > RegisterRules.totalBytes {
            throw APIError(
                .tooLarge,
                "all registers of an account hold at most \(RegisterRules.totalBytes) bytes: there is room for \(max(0, RegisterRules.totalBytes - bytes))"
            )
        }
        guard stored == nil, try RegisterStore.count(of: account, self) >= Limits.registersPerAccount else { return }
        if try RegisterStore.deleteCleared(of: account, self) == 0 {
            throw APIError(
                .conflict,
                "an account has at most \(Limits.registersPerAccount) registers: clear some first"
            )
        }
    }
}
