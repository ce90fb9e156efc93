/// Whom somebody does not want to hear. Nobody is told of it, and nothing that the other person gets, counts or measures
/// is different for it.
package struct Block: Codable, Sendable, Equatable {
    package var account: AccountID
    package var name: String
    package var kind: BlockKind
    package var at: Milliseconds

    package init(account: AccountID, name: String, kind: BlockKind, at: Milliseconds) {
        self.account = account
        self.name = name
        self.kind = kind
        self.at = at
    }
}

package enum BlockKind: String, WireEnum {
    /// Their mentions do not count; clients fold what they say.
    case mute
    /// As muted; and in direct conversations what they write is not shown: not now, nor after the block is lifted.
    case block
    /// What this program does not know.
    case unknown
}

package struct BlockDraft: Codable, Sendable {
    package var account: String
    /// `block` if absent.
    package var kind: BlockKind?

    package init(account: String, kind: BlockKind? = nil) {
        self.account = account
        self.kind = kind
    }
}

extension Endpoint where Input == Empty, Output == Page<Block> {
    package static var listBlocks: Self {
        Self("blocks.list", .get, "/v1/me/blocks", needs: .own, "list whom one has blocked or muted")
    }
}

extension Endpoint where Input == BlockDraft, Output == Block {
    package static var setBlock: Self {
        Self(
            "blocks.set",
            .put,
            "/v1/me/blocks/{account}",
            needs: .own,
            "block or mute somebody; nobody but oneself can tell"
        )
    }
}

extension Endpoint where Input == AccountRef, Output == Empty {
    package static var removeBlock: Self {
        Self("blocks.remove", .delete, "/v1/me/blocks/{account}", needs: .own, "hear somebody again")
    }
}
