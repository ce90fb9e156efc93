import ChatAPI
import Storage
import Synchronization

/// Writes a checkpoint of a sketch every few thousand entries, so that opening one never replays a long log, and shortens
/// logs that are longer than what is kept.
///
/// Told of commits on the writer thread; the work is done on readers, and each of its writes is short. What fails is done at
/// the next occasion: a checkpoint is never the truth.
final class SketchKeeper: Sendable {
    private let database: EngineDatabase
    private let kept: Int64
    /// Lock tier 3: a look-up or a change.
    private let since = Mutex<[SketchID: Int]>([:])

    /// Entries between two checkpoints: reading them takes some 10 ms.
    static let every = 4_096

    init(database: EngineDatabase, kept: Int64 = Limits.operationsKept) {
        self.database = database
        self.kept = kept
    }

    /// On the writer thread, after the commit.
    func note(_ news: [News]) {
        var due: [SketchID] = []
        since.withLock { since in
            for item in news {
                if case .sketchDeleted(let id) = item { since[id] = nil }
                guard case .operation(let id, _, _, _, _) = item else { continue }
                let count = since[id, default: 0] + 1
                since[id] = count % Self.every
                if count >= Self.every { due.append(id) }
            }
        }
        for id in due { keep(id) }
    }

    private func keep(_ id: SketchID) {
        let database = database
        database.enqueue(touching: []) { tx in
            let board = try tx.facts.sketches.open(id, in: tx)
            board.history.prune()
            return board.history
        } completion: { result in
            guard case .success(let history) = result else { return }
            database.enqueueRead { _ in
                history.encoded()
            } completion: { result in
                guard case .success(let state) = result else { return }
                database.enqueue(touching: [.sketch(id)]) { tx in
                    try SketchLog.put(state, at: history.canvas.seq, of: id, tx)
                } completion: { [self] _ in
                    trim(id)
                }
            }
        }
    }

    private func trim(_ id: SketchID) {
        let (database, kept) = (database, kept)
        database.enqueueRead { tx in
            try SketchTrimming.nextBase(of: id, keeping: kept, tx)
        } completion: { result in
            guard case .success(let base?) = result else { return }
            database.enqueue(touching: [.sketch(id)]) { tx in
                try SketchTrimming.trim(id, to: base, tx)
            } completion: { [self] result in
                if case .success(true) = result { trim(id) }
            }
        }
    }
}
