import ChatAPI
import ChatKit
import Flags
import Transport

/// `api METHOD PATH`: any call at all, for what has no command yet.
enum APICommand {
    private static let shape = Shape("answer", JSON.self, name: { $0.at("id").text ?? $0.at("name").text ?? "" }, [])

    static var command: Command<Action> {
        Command(
            "api",
            "Makes a raw call and prints the answer as JSON.",
            discussion: """
                Any answer of the daemon is taken: JSON is printed in the format that -o says (json, unless it is given), anything \
                else as it is. A refusal goes to standard error, with its exit code. /v1/openapi.json describes every call.
                """,
            examples: [
                Example("chatctl api GET /v1/channels"),
                Example("chatctl api GET '/v1/channels?joined=true' --all", "Follows nextCursor to the end."),
                Example("chatctl api POST /v1/channels --field name=attic --field topic='Old things'"),
                Example("chatctl api POST /v1/channels --body - < channel.json"),
                Example("chatctl api GET /v1/openapi.json > openapi.json"),
            ],
            arguments: [
                .required("METHOD", .choice(["GET", "POST", "PUT", "PATCH", "DELETE"]), "The method."),
                .required("PATH", "The path, with its query."),
            ],
            options: [
                .value("body", short: "d", "JSON", "The body; @FILE reads it from a file, - from standard input."),
                .repeated(
                    "field",
                    short: "F",
                    "NAME=VALUE",
                    "A member of the body; numbers, true, false and null are meant as such."
                ),
                .repeated("header", short: "H", "NAME:VALUE", "A header besides those that are needed."),
                .flag("all", "Follows nextCursor and joins the items of all pages."),
                Options.ifMatch,
            ] + Options.change,
            action: Action { run in
                var request = try request(run)
                guard run.values.flag("all") else { return try print(run, try await send(request, run)) }
                guard request.method == "GET" else { throw Failure.usage("--all goes with GET") }
                let target = request.target
                var items: [Node] = []
                while true {
                    let answer = try await send(request, run)
                    let node = Node(json: try Coding.decode(JSON.self, from: answer.body))
                    guard case .list(let page)? = node["items"] else {
                        throw Failure.usage("--all: the answer has no items; it is not a list by pages")
                    }
                    items += page
                    guard let cursor = node["nextCursor"]?.text else { break }
                    let separator = target.contains("?") ? "&" : "?"
                    request.target = target + separator + PercentEncoding.query([("cursor", cursor)])
                }
                try show(run, .list(items))
            }
        )
    }

    private static func request(_ run: Run) throws -> RESTRequest {
        let method = run.values.required("METHOD")
        var target = run.values.required("PATH")
        guard target.hasPrefix("/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure.usage("\"\(VisibleText.line(target))\" is no path: write /v1/…, with other characters as %XX")
        }
        let options = try run.callOptions(changes: method != "GET")
        var headers: HTTPHeaders = ["Accept": "application/json"]
        for header in run.values.strings("header") {
            let parts = header.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            let isPlain = header.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
            guard parts.count == 2, isPlain, !parts[0].isEmpty, !parts[0].utf8.contains(0x20) else {
                throw Failure.usage("--header \"\(VisibleText.line(header))\" is not NAME:VALUE")
            }
            headers.add(String(parts[0]), String(parts[1]))
        }
        if let id = options.requestID { headers.set("X-Request-Id", id) }
        if let key = options.key { headers.set("Idempotency-Key", key) }
        if let version = options.ifMatch {
            headers.set("If-Match", version.hasPrefix("\"") || version == "*" ? version : "\"\(version)\"")
        }
        if options.dryRun { target += target.contains("?") ? "&dryRun=true" : "?dryRun=true" }
        let body = try body(run)
        if body != nil, headers["content-type"] == nil { headers.add("Content-Type", "application/json") }
        let repeats = method == "GET" || method == "PUT" || options.key != nil || options.dryRun
        return RESTRequest(method: method, target: target, headers: headers, body: body, repeats: repeats)
    }

    private static func body(_ run: Run) throws -> [UInt8]? {
        let fields = run.values.strings("field")
        if let body = run.values.string("body") {
            guard fields.isEmpty else { throw Failure.usage("--body and --field exclude each other") }
            if body == "-" { return try run.console.readAll(limit: Limits.bodyBytes) }
            return body.hasPrefix("@") ? try Files.read(String(body.dropFirst())) : Array(body.utf8)
        }
        guard !fields.isEmpty else { return nil }
        var members: [String: JSON] = [:]
        for field in fields {
            guard let equals = field.firstIndex(of: "="), equals > field.startIndex else {
                throw Failure.usage("--field \"\(VisibleText.line(field))\" is not NAME=VALUE")
            }
            members[String(field[..<equals])] = value(String(field[field.index(after: equals)...]))
        }
        return Coding.encode(JSON.object(members))
    }

    private static func value(_ text: String) -> JSON {
        switch text {
        case "true": .bool(true)
        case "false": .bool(false)
        case "null": .null
        default: Int64(text).map(JSON.integer) ?? .string(text)
        }
    }

    private static func send(_ request: RESTRequest, _ run: Run) async throws -> RESTAnswer {
        let answer = try await run.daemon().raw(request)
        guard answer.isSuccess else { throw answer.error }
        return answer
    }

    private static func print(_ run: Run, _ answer: RESTAnswer) throws {
        let type = answer.headers["content-type"] ?? "application/json"
        guard type.contains("json") else {
            let text = String(decoding: answer.body, as: UTF8.self)
            guard run.console.isTerminal(.output) else { return run.console.write(answer.body, to: .output) }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
                VisibleText.line(String($0))
            }
            return run.output.print(lines.joined(separator: "\n"))
        }
        if answer.body.isEmpty { return }
        try show(run, Node(json: try Coding.decode(JSON.self, from: answer.body)))
    }

    /// Nobody knows the columns of a raw answer: JSON is its table too.
    private static func show(_ run: Run, _ node: Node) throws {
        switch run.output.format {
        case .table, .wide, .json: run.output.print(JSONText.pretty(run.output.picked(node)) + "\n")
        case .jsonl:
            if case .list(let items) = node {
                for item in items { run.output.print(JSONText.line(run.output.picked(item)) + "\n") }
            } else {
                run.output.print(JSONText.line(run.output.picked(node)) + "\n")
            }
        case .yaml: run.output.print(run.output.yaml(run.output.picked(node)))
        case .csv, .name:
            var rows = [node]
            if case .list(let items) = node {
                rows = items
            } else if case .list(let items)? = node["items"] {
                rows = items
            }
            guard run.output.format == .csv else {
                return rows.forEach { run.output.print(VisibleText.line(shape.name($0)) + "\n") }
            }
            var names: [String] = []
            for case .object(let members) in rows {
                for member in members where !names.contains(member.name) { names.append(member.name) }
            }
            let wanted = run.values.list("fields")
            let columns = (wanted.isEmpty ? names : wanted).map { Column($0) }
            run.output.print(run.output.csv.header(columns) + rows.map { run.output.csv.row($0, columns) }.joined())
        }
    }
}
