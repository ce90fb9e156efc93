import Transport

/// How the codec tests feed bytes: whole, byte by byte, and cut in two at every place.
enum Splits {
    static func all(of bytes: [UInt8]) -> [[[UInt8]]] {
        var ways: [[[UInt8]]] = [[bytes], bytes.map { [$0] }]
        for cut in bytes.indices.dropFirst() { ways.append([Array(bytes[..<cut]), Array(bytes[cut...])]) }
        return ways
    }
}

/// What a request decoder said, in a form that compares.
enum Heard: Equatable, CustomStringConvertible {
    case request(String, String, body: String)
    case response(Int, body: String)
    case informational(Int)
    case refused(Int, String)

    var description: String {
        switch self {
        case .request(let method, let path, let body): "\(method) \(path) [\(body)]"
        case .response(let status, let body): "\(status) [\(body)]"
        case .informational(let status): "informational \(status)"
        case .refused(let status, let sentence): "refused \(status): \(sentence)"
        }
    }
}

func requests(in pieces: [[UInt8]], bodyLimit: Int = 1_000, limits: HTTPLimits = HTTPLimits()) -> [Heard] {
    var decoder = HTTPRequestDecoder(limits: limits)
    var heard: [Heard] = []
    var head: HTTPRequestHead?
    var body: [UInt8] = []
    for var piece in pieces {
        let failure: HTTPError? = piece.withUnsafeMutableBytes { raw in
            var input = UnsafeMutableRawBufferPointer(rebasing: raw[...])
            do throws(HTTPError) {
                while let event = try decoder.next(&input) {
                    switch event {
                    case .head(let next):
                        head = next
                        body = []
                        decoder.bodyLimit = bodyLimit
                    case .body(let bytes): body += bytes
                    case .end:
                        heard.append(
                            .request(head!.method, head!.target.raw, body: String(decoding: body, as: UTF8.self))
                        )
                    }
                }
            } catch { return error }
            return nil
        }
        if let failure { return heard + [.refused(failure.status, failure.sentence)] }
    }
    return heard
}

func responses(in pieces: [[UInt8]], to methods: [String], ends: Bool = false, bodyLimit: Int = 1_000) -> [Heard] {
    var decoder = HTTPResponseDecoder()
    decoder.bodyLimit = bodyLimit
    for method in methods { decoder.expect(method: method) }
    var heard: [Heard] = []
    var status = 0
    var body: [UInt8] = []
    func take(_ event: HTTPResponseDecoder.Event) {
        switch event {
        case .informational(let head): heard.append(.informational(head.status))
        case .head(let head):
            status = head.status
            body = []
            if status == 101 { heard.append(.response(101, body: "")) }
        case .body(let bytes): body += bytes
        case .end: heard.append(.response(status, body: String(decoding: body, as: UTF8.self)))
        }
    }
    do throws(HTTPError) {
        for piece in pieces {
            var piece = piece
            let failure: HTTPError? = piece.withUnsafeMutableBytes { raw in
                var input = UnsafeMutableRawBufferPointer(rebasing: raw[...])
                do throws(HTTPError) {
                    while let event = try decoder.next(&input) { take(event) }
                } catch { return error }
                return nil
            }
            if let failure { throw failure }
        }
        if ends, let event = try decoder.finish() { take(event) }
    } catch {
        heard.append(.refused(error.status, error.sentence))
    }
    return heard
}
