package import ChatAPI
import Glibc
import Storage
import Synchronization

/// The token that calls are made with: where it comes from, when it is renewed, and that only one program renews it.
///
/// Renewing, in this order: take the lock file; read the file again, another program may have been faster; ask the daemon;
/// write the new tokens durably; only then use them. A crash at any point leaves a refresh token that works, because the
/// daemon accepts the one before until the new one is used.
package final class Credentials: Sendable {
    /// What goes into `Authorization` or `hello`.
    package struct AccessToken: Sendable, Equatable {
        package let text: String
        /// Unix milliseconds; nil for a bot's, which does not end by itself.
        package let endsAt: Milliseconds?
    }

    /// A token is renewed before it is used if it ends sooner than this: the call has to arrive with it.
    package static let marginMilliseconds: Int64 = 15_000
    /// Another program renews for as long as a call may take; then its lock is a corpse's or its network is dead.
    private static let lockMilliseconds: Int64 = 40_000

    private let place: Profile.TokenPlace
    private let path: String
    private let server: ServerAddress
    private let account: String?
    private let time: TimeSource
    /// Tier: leaf.
    private let memory = Mutex(Memory())

    private struct Memory {
        var token: AccessToken?
        /// Written but not used successfully yet.
        var isUnconfirmed = false
    }

    package init(_ profile: Profile, time: TimeSource = .system) {
        place = profile.token
        path = profile.credentialsPath
        server = profile.address
        account = profile.account
        self.time = time
    }

    /// Who is signed in, by the file.
    package func file() throws(APIError) -> CredentialFile? {
        try CredentialFile.load(path, server: server)
    }

    /// A token that is good now; renews it through `service` if it is about to end. Nil if nobody is signed in, which a
    /// local administrator on the Unix socket need not be.
    package func token(through service: some Service) async throws(APIError) -> AccessToken? {
        let known: AccessToken?
        if let token = memory.withLock({ $0.token }) { known = token } else { known = try await read() }
        guard let known else { return nil }
        memory.withLock { $0.token = known }
        guard let end = known.endsAt, end - time.wall() < Self.marginMilliseconds else { return known }
        return try await renew(after: known.text, through: service)
    }

    /// A token other than `stale`, which the daemon refused or which is about to end.
    package func renew(
        after stale: String?,
        through service: some Service
    ) async throws(APIError) -> AccessToken {
        let token: AccessToken
        switch place {
        case .credentials: token = try await renewFile(after: stale, through: service)
        case .file, .command, .local:
            guard let read = try await read(), read.text != stale else {
                throw APIError(.notSignedIn, "the daemon refuses the token: it was revoked or is not for this daemon")
            }
            token = read
        }
        memory.withLock { $0.token = token }
        return token
    }

    /// A call with this token succeeded: the refresh token before is not needed any more.
    package func confirm(_ token: String) {
        let isNews = memory.withLock { memory in
            guard memory.isUnconfirmed, memory.token?.text == token else { return false }
            memory.isUnconfirmed = false
            return true
        }
        // If another program is at the file just now, it will write what it knows itself.
        guard isNews, let lock = try? Files.Lock(path + ".lock") else { return }
        defer { withExtendedLifetime(lock) {} }
        guard var file = try? file(), file.tokens.accessToken == token else { return }
        file.previousRefreshToken = nil
        try? file.save(path)
    }

    /// Keeps what signing in, or registering, answered.
    package func store(_ signedIn: SignedIn) throws(APIError) {
        try CredentialFile(server: server, signedIn).save(path)
        memory.withLock {
            $0 = Memory()
            $0.token = AccessToken(text: signedIn.tokens.accessToken, endsAt: signedIn.tokens.accessExpiresAt)
        }
    }

    /// Forgets the session, after signing out.
    package func remove() throws(APIError) {
        memory.withLock { $0 = Memory() }
        do throws(Files.Failure) {
            // The lock file stays: a lock on a file that is gone excludes nobody.
            try Files.remove(path)
        } catch {
            throw APIError(.internal, error.sentence)
        }
    }

    // MARK: - Sources

    private func read() async throws(APIError) -> AccessToken? {
        switch place {
        case .credentials:
            guard let file = try file() else { return try nobody() }
            return AccessToken(text: file.tokens.accessToken, endsAt: file.tokens.accessExpiresAt)
        case .local: return nil
        case .file(let path):
            let bytes: [UInt8]
            do throws(Files.Failure) {
                bytes = try Files.read(path)
            } catch {
                throw APIError(.notSignedIn, "the token: \(error.sentence)")
            }
            return try Self.token(in: bytes, from: path)
        case .command(let command):
            return try Self.token(in: try await Self.output(of: command), from: "the token command")
        }
    }

    /// On the socket, calls without a token are a local administrator's. Whoever used to be signed in there as somebody, and
    /// is not any more, must not become one unseen.
    private func nobody() throws(APIError) -> AccessToken? {
        guard let account, case .unix = server else { return nil }
        throw APIError(
            .notSignedIn,
            "\(account) is signed out here; sign in, or say --local to act as the local administrator"
        )
    }

    private static func token(in bytes: [UInt8], from place: String) throws(APIError) -> AccessToken {
        // Editors end files with a newline; `pass` prints notes on the lines after.
        let line = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).first ?? []
        let text = String(decoding: line.filter { $0 != 0x0D }, as: UTF8.self)
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw APIError(.notSignedIn, "\(place) holds no token in its first line")
        }
        return AccessToken(text: text, endsAt: nil)
    }

    /// What a command of the shell prints, at most 64 KiB. It may ask for a password on the terminal, so it gets all the
    /// time it takes, on a thread of its own.
    private static func output(of command: String) async throws(APIError) -> [UInt8] {
        let result: (bytes: [UInt8], status: Int32)?
        do {
            let worker = try Worker(name: "token command")
            result = try await worker.run {
                guard let pipe = popen(command, "re") else { return nil }
                var bytes = [UInt8](repeating: 0, count: 65_536)
                let count = fread(&bytes, 1, bytes.count, pipe)
                return (Array(bytes[..<count]), pclose(pipe))
            }
        } catch {
            throw APIError(.notSignedIn, "the token command could not be started: \(error)")
        }
        guard let result else { throw APIError(.notSignedIn, "the token command could not be started") }
        guard result.status == 0 else {
            throw APIError(.notSignedIn, "the token command failed (status \(result.status >> 8 & 255))")
        }
        return result.bytes
    }

    // MARK: - Renewing

    private func renewFile(after stale: String?, through service: some Service) async throws(APIError) -> AccessToken {
        guard try file() != nil else { throw APIError(.notSignedIn, "sign in first") }
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        guard var file = try file() else { throw APIError(.notSignedIn, "signed out meanwhile: sign in again") }
        let isFresh = file.tokens.accessExpiresAt - time.wall() >= Self.marginMilliseconds
        if file.tokens.accessToken != stale, isFresh {
            return AccessToken(text: file.tokens.accessToken, endsAt: file.tokens.accessExpiresAt)
        }
        let old = file.tokens.refreshToken
        file.tokens = try await ask(file, service)
        file.previousRefreshToken = old
        try file.save(path)
        memory.withLock { $0.isUnconfirmed = true }
        return AccessToken(text: file.tokens.accessToken, endsAt: file.tokens.accessExpiresAt)
    }

    private func ask(_ file: CredentialFile, _ service: some Service) async throws(APIError) -> Tokens {
        do throws(APIError) {
            return try await service.call(.refresh, Refresh(refreshToken: file.tokens.refreshToken))
        } catch {
            // Written, but never seen by the daemon as used: the one before is still good.
            guard error.code.status == 401, let previous = file.previousRefreshToken else { throw error }
            return try await service.call(.refresh, Refresh(refreshToken: previous))
        }
    }

    private func lock() async throws(APIError) -> Files.Lock {
        let end = time.uptime() + Self.lockMilliseconds
        while true {
            do throws(Files.Failure) {
                if let lock = try Files.Lock(path + ".lock") { return lock }
            } catch {
                throw APIError(.internal, "the tokens cannot be renewed: \(error.sentence)")
            }
            guard time.uptime() < end else {
                throw APIError(.timedOut, "another program holds \(path).lock for too long")
            }
            // `flock` has no wait that does not block a thread; renewing takes a few milliseconds.
            try? await Task.sleep(for: .milliseconds(25))
        }
    }
}
