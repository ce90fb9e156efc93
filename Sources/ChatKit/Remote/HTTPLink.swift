import ChatAPI
import Transport

/// One HTTP connection on its loop: one exchange at a time, kept open between them.
final class HTTPLink: ConnectionHandler {
    /// What an answer may have, in bytes: an export is the largest.
    static let bodyLimit = 64 << 20

    /// How an exchange went wrong, and whether the daemon can have done something.
    struct Broken {
        let error: APIError
        let hasAnswerBegun: Bool
    }

    private let connection: Connection
    private var decoder = HTTPResponseDecoder()
    private var completion: ((RESTAnswer?, Broken?) -> Void)?
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []
    private var hasBegun = false
    /// Tells the owner that it can be used for nothing any more.
    var onClose: (() -> Void)?
    /// Exchanges that ended well: the first one on a link cannot have met a stale connection.
    private(set) var exchanges = 0

    init(_ connection: Connection) {
        self.connection = connection
        decoder.bodyLimit = Self.bodyLimit
        connection.handler = self
    }

    var isUsable: Bool { connection.isOpen && completion == nil }

    /// Sends a request; the completion gets the answer, or how the link broke. After a break the link is closed.
    func exchange(_ request: Bytes, method: String, completion: @escaping (RESTAnswer?, Broken?) -> Void) {
        self.completion = completion
        head = nil
        body = []
        hasBegun = false
        decoder.expect(method: method)
        connection.send(request)
    }

    /// Gives up: the answer may still come, so the link cannot be used again.
    func abort() {
        completion = nil
        connection.abort()
    }

    func connection(_ connection: Connection, received bytes: UnsafeMutableRawBufferPointer) {
        var input = bytes
        hasBegun = hasBegun || !input.isEmpty
        do throws(HTTPError) {
            while let event = try decoder.next(&input) {
                switch event {
                case .informational: break
                case .head(let head): self.head = head
                case .body(let part): body += part
                case .end: answered()
                }
            }
        } catch {
            broken("the server's answer is not HTTP: \(error.sentence)")
            connection.abort()
        }
    }

    func connectionReceivedEnd(_ connection: Connection) {
        do throws(HTTPError) {
            if case .end? = try decoder.finish() { answered() }
        } catch {
            broken(error.sentence)
        }
        connection.close()
    }

    func connectionClosed(_ connection: Connection, reason: CloseReason) {
        broken("the connection was lost: \(reason)")
        let onClose = onClose
        self.onClose = nil
        onClose?()
    }

    private func answered() {
        guard let head, let completion else { return }
        self.completion = nil
        exchanges += 1
        if !head.keepsAlive { connection.close(afterFlush: true) }
        let answer = RESTAnswer(status: head.status, reason: head.reason, headers: head.headers, body: body)
        body = []
        completion(answer, nil)
    }

    private func broken(_ sentence: String) {
        guard let completion else { return }
        self.completion = nil
        completion(nil, Broken(error: APIError(.unavailable, sentence), hasAnswerBegun: hasBegun))
    }
}
