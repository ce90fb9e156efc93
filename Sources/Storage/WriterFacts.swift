/// State kept in memory beside the writer: changed only in commit order, without a trace of refused writes.
///
/// The writer calls it on its own thread only, in this order for each group: for each write `beginWrite`, then `revertWrite` if
/// the write was refused; at the end either `publishGroup` or `revertGroup`.
package protocol WriterFacts: AnyObject, SendableMetatype {
    /// A write starts: its changes can be told from those of the writes before it.
    func beginWrite()
    /// This write was refused: what it changed since `beginWrite` is forgotten.
    func revertWrite()
    /// The whole group is gone, or nothing in it was accepted: everything since the last group is forgotten.
    func revertGroup()
    /// The group is durable: readers may see it. Runs before any `committed:` closure.
    func publishGroup()
}
