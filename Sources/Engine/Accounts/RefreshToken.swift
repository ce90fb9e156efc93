import ChatAPI

/// What renews a session: opaque to clients, stored as a hash, followed by another one at each use.
///
/// `plz_r_` and base64 of 64 bytes: session (16), secret (32), tag (16). The tag tells a token that this daemon once gave
/// from one that somebody made up: only the former, presented after its time, proves a theft. The next secret is a keyed
/// hash of this one, so a repeat after a lost answer gets the very same token, and two programs that refresh at once
/// agree; the database, which has hashes only, does not tell the next secret to its reader.
struct RefreshToken: Sendable, Equatable {
    static let prefix = "plz_r_"

    let session: SessionID
    private let secret: [UInt8]
    private let tag: [UInt8]

    /// The first token of a session.
    init(session: SessionID, key: SigningKey) {
        self.init(session: session, secret: RandomBytes.make(32), key: key)
    }

    private init(session: SessionID, secret: [UInt8], key: SigningKey) {
        self.session = session
        self.secret = secret
        tag = Self.tag(session, secret, key)
    }

    /// Nil unless this daemon gave the token, now or once.
    init?(_ text: String, key: SigningKey) {
        guard text.hasPrefix(Self.prefix),
            let bytes = TokenText.decode(text.dropFirst(Self.prefix.count), count: 64),
            let session = SessionID(bytes: bytes[..<16])
        else { return nil }
        self.init(session: session, secret: Array(bytes[16..<48]), key: key)
        guard RandomBytes.areEqual(tag, Array(bytes[48...])) else { return nil }
    }

    var text: String { Self.prefix + TokenText.encode(session.bytes + secret + tag) }

    var hash: [UInt8] { Hash.of(session.bytes + secret) }

    func next(key: SigningKey) -> RefreshToken {
        RefreshToken(session: session, secret: key.sign(session.bytes + secret, for: .rotation), key: key)
    }

    private static func tag(_ session: SessionID, _ secret: [UInt8], _ key: SigningKey) -> [UInt8] {
        Array(key.sign(session.bytes + secret, for: .refresh)[..<16])
    }
}

/// What a presented refresh token is, given what the session remembers. Pure.
enum RefreshRules {
    enum Verdict: Equatable {
        /// The newest: the next one follows it, and the one before it is dead.
        case rotate
        /// The one before, while nothing has shown that the newest arrived: its answer was lost, and is given again.
        case `repeat`
        /// One that was replaced and confirmed: somebody has a copy.
        case reuse
    }

    static func verdict(on hash: [UInt8], current: [UInt8], previous: [UInt8]?) -> Verdict {
        if RandomBytes.areEqual(hash, current) { return .rotate }
        if let previous, RandomBytes.areEqual(hash, previous) { return .repeat }
        return .reuse
    }
}
