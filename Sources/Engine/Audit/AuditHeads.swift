import ChatAPI
import Storage
import Synchronization

/// Signs where the audit chain stands, and appends it to the file of heads: after 10,000 entries or a quarter of an hour,
/// at the next start for what came before a stop, and when somebody asks.
///
/// Only one thread touches the files. A head that cannot be written refuses nothing: the chain goes on, and the next head
/// covers it.
final class AuditHeads: Sendable {
    private struct State {
        /// The newest entry that was told, and the newest that is signed.
        var told: Int64 = 0
        var signed: Int64 = 0
        var isWaiting = false
        var isClosed = false
        var waiting: Task<Void, Never>?
    }

    /// Confined to the worker.
    private final class Held: @unchecked Sendable {
        var key: AuditKey?
        var newest: SignedHead?
        var isLoaded = false
    }

    /// Lock tier 3.
    private let state = Mutex(State())
    private let held = Held()
    private let database: EngineDatabase
    private let clock: any Clock
    private let files: AuditFiles
    private let worker: Worker

    static let entriesUnsigned: Int64 = 10_000
    static let delayMilliseconds: Int64 = 900_000

    private static let selectObject: SQL = "SELECT 1 FROM audit_entry WHERE object = :object LIMIT 1"

    init(database: EngineDatabase, clock: any Clock) throws {
        self.database = database
        self.clock = clock
        files = AuditFiles(besides: database.path)
        worker = try Worker(name: "audit heads")
    }

    var epoch: String { database.epoch }

    // MARK: - When

    /// After a start, if there ever was a head: signs what was not, and a backup that was restored leaves its entry before
    /// anybody asks. What cannot be done now is told to whoever asks for a head.
    func start() {
        Task { [weak self] in
            guard try await self?.loaded().newest != nil else { return }
            _ = try await self?.sign()
        }
    }

    /// Hears of each commit group, on the writer thread.
    func note(_ news: [News]) {
        var newest: Int64 = 0
        for case .entry(.audit, let seq, _) in news { newest = max(newest, seq) }
        guard newest > 0 else { return }
        state.withLock { state in
            state.told = newest
            if state.isClosed { return }
            if newest - state.signed >= Self.entriesUnsigned {
                // Until this one is done, the next group asks again.
                state.signed = newest
                Task { [weak self] in _ = try? await self?.sign() }
            } else if !state.isWaiting {
                state.isWaiting = true
                state.waiting = Task { [weak self] in
                    try? await Task.sleep(for: .milliseconds(Self.delayMilliseconds))
                    if Task.isCancelled { return }
                    self?.state.withLock { $0.isWaiting = false }
                    _ = try? await self?.sign()
                }
            }
        }
    }

    /// Ends the thread. Blocks.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            return state.waiting
        }
        waiting?.cancel()
        worker.close()
    }

    // MARK: - Signing

    /// The signed end of the chain; a new one if something came since the last.
    func sign() async throws -> SignedHead {
        let key = try await namedKey()
        let end = try await database.read { tx in try AuditStore.head(tx) }
        return try await sign(end.seq, end.hash, with: key)
    }

    /// Signs an older entry, for whoever cuts off what lies before it.
    func sign(_ seq: Int64, _ hash: [UInt8]) async throws -> SignedHead {
        try await sign(seq, hash, with: try await namedKey())
    }

    /// What would be signed, without a signature: for dry runs.
    func draft(_ seq: Int64, _ hash: [UInt8]) async throws -> SignedHead {
        let key = try await loaded().key.map { Hash.hexadecimal($0.publicKey) } ?? ""
        return SignedHead(epoch: database.epoch, seq: seq, at: clock.now, hash: Hash.hexadecimal(hash), key: key)
    }

    private func sign(_ seq: Int64, _ hash: [UInt8], with key: AuditKey) async throws -> SignedHead {
        let (files, held, now) = (files, held, clock.now)
        let head = try await worker.run {
            if let newest = held.newest, newest.seq == seq, newest.epoch == key.epoch { return newest }
            let head = key.sign(seq: seq, hash: hash, at: now)
            try files.append(head)
            if seq > held.newest?.seq ?? 0 || held.newest?.epoch != key.epoch { held.newest = head }
            return head
        }
        state.withLock { $0.signed = max($0.signed, seq) }
        return head
    }

    func all() async throws -> [SignedHead] {
        let files = files
        return try await worker.run { try files.heads() }
    }

    // MARK: - The key

    /// The key of this life of the database, which the chain names. The first head makes it.
    private func namedKey() async throws -> AuditKey {
        try await noteRestore()
        let (known, before) = try await loaded()
        if let known, known.epoch == database.epoch {
            try await name(known, after: nil)
            return known
        }
        let made = AuditKey.make(epoch: database.epoch)
        let naming = try await name(made, after: known)
        let (files, held) = (files, held)
        let now = clock.now
        try await worker.run {
            // The old key's last signature covers the entry that names the new one.
            if let known, before != nil { try files.append(known.sign(seq: naming.seq, hash: naming.hash, at: now)) }
            try files.write(made)
            held.key = made
        }
        return made
    }

    private func loaded() async throws -> (key: AuditKey?, newest: SignedHead?) {
        let (files, held) = (files, held)
        return try await worker.run {
            if !held.isLoaded {
                held.key = try files.key()
                held.newest = try files.heads().last
                held.isLoaded = true
            }
            return (held.key, held.newest)
        }
    }

    /// Leaves the entry that names a key, once.
    @discardableResult
    private func name(_ key: AuditKey, after previous: AuditKey?) async throws -> AuditStore.Head {
        let clock = clock
        return try await database.write(touching: [.audit]) { tx in
            let isNamed =
                try tx.first(Self.selectObject) {
                    $0.bind("object", key.object)
                } row: { _ in
                    true
                } ?? false
            let isCarried = try AuditAnchor.read(tx).named.keys.contains(Hash.hexadecimal(key.publicKey))
            if !isNamed && !isCarried {
                try tx.audit(
                    daemon: AuditNames.keyAction,
                    on: key.object,
                    before: previous.map { ["key": .string(Hash.hexadecimal($0.publicKey))] },
                    severity: .notice,
                    now: clock.now
                )
            }
            return try tx.facts.auditHead ?? AuditStore.head(tx)
        }
    }

    /// The newest head is of another life of the database: somebody restored a backup. The entry names where that life was
    /// left, so that what was signed behind it is no forgery.
    private func noteRestore() async throws {
        guard let newest = try await loaded().newest, newest.epoch != database.epoch else { return }
        let clock = clock
        let epoch = database.epoch
        try await database.write(touching: [.audit]) { tx in
            let end = try tx.facts.auditHead ?? AuditStore.head(tx)
            let restore = AuditNames.Restore(epoch: newest.epoch, cut: end.seq)
            if try AuditRestores.isNoted(newest.epoch, tx) { return }
            try tx.audit(
                daemon: AuditNames.restoreAction,
                on: restore.object,
                after: ["epoch": .string(epoch), "signedThrough": .integer(newest.seq)],
                severity: .critical,
                now: clock.now
            )
        }
    }
}

/// Whether the chain says already that a life of the database ended.
enum AuditRestores {
    private static let select: SQL = """
        SELECT object FROM audit_entry WHERE object >= 'restore/' AND object < 'restore0'
        """

    static func isNoted(_ epoch: String, _ tx: borrowing some Reading & ~Copyable) throws -> Bool {
        if try AuditAnchor.read(tx).named.restores.contains(where: { $0.epoch == epoch }) { return true }
        let restores = try tx.all(select) { AuditNames.Restore(object: $0.string(0)) }
        return restores.contains { $0?.epoch == epoch }
    }
}
