package import ChatAPI

/// What signing in left: the session's tokens, in a file that only its owner reads.
package struct CredentialFile: Codable, Sendable, Equatable {
    /// Where these tokens are good: they are sent nowhere else.
    package var server: String
    package var account: AccountID
    package var accountName: String
    package var session: SessionID
    package var tokens: Tokens
    /// The refresh token before, until a call has confirmed the new one.
    package var previousRefreshToken: String?

    package init(server: ServerAddress, _ signedIn: SignedIn) {
        self.server = server.description
        account = signedIn.account.id
        accountName = signedIn.account.name
        session = signedIn.session
        tokens = signedIn.tokens
    }

    /// Nil if nobody is signed in at this daemon.
    static func load(_ path: String, server: ServerAddress) throws(APIError) -> CredentialFile? {
        let bytes: [UInt8]
        do throws(Files.Failure) {
            bytes = try Files.read(path)
        } catch {
            if error.isMissing { return nil }
            throw APIError(.notSignedIn, error.sentence)
        }
        guard let file = try? Coding.decode(CredentialFile.self, from: bytes) else {
            throw APIError(.notSignedIn, "\(path) is damaged: sign in again")
        }
        return file.server == server.description ? file : nil
    }

    func save(_ path: String) throws(APIError) {
        do throws(Files.Failure) {
            if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
            try Files.write(Coding.encode(self) + [0x0A], to: path)
        } catch {
            throw APIError(.internal, "the tokens could not be kept: \(error.sentence)")
        }
    }
}
