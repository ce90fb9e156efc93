import ChatAPI
import Flags

/// `audit verify|head|heads|trim`: whether the record is intact, what proves it elsewhere, and cutting off what is old.
enum AuditHeadCommands {
    private static let headShape = Shape(
        "signed head",
        SignedHead.self,
        name: { "\($0.at("seq").integer ?? 0) \($0.at("hash").text ?? "")" },
        [
            Column("seq", "SEQ", .number), Column("at", "SIGNED", .time), Column("hash"), Column("key", wide: true),
            Column("epoch", wide: true), Column("signature", wide: true),
        ]
    )

    static var head: Command<Action> {
        Command(
            "head",
            "Signs where the audit log ends, and prints that.",
            discussion: """
                A signed head is a number, a hash and an Ed25519 signature. Whoever keeps it somewhere else can tell later \
                that nothing up to there was changed, whoever had the machine. The daemon writes one to audit.heads beside \
                its database every quarter of an hour in which something happened; this writes one now.
                """,
            examples: [
                Example(
                    "chatctl audit head -o jsonl >> /mnt/elsewhere/heads",
                    "Keeps one where the daemon cannot reach."
                ),
                Example("chatctl audit head -o wide"),
            ],
            options: Options.change,
            action: Action("audit.sign") { run in
                try run.output.one(Node(try await run.call(.signAudit)), headShape)
            }
        )
    }

    static var heads: Command<Action> {
        Command(
            "heads",
            "Lists the signed heads, newest first.",
            examples: [Example("chatctl audit heads -n 10"), Example("chatctl audit heads -o jsonl > heads.jsonl")],
            options: [Options.limit],
            action: Action("audit.heads") { run in
                try await run.list(headShape) { limit, cursor in
                    try await run.call(.auditHeads, AuditHeadQuery(limit: limit, cursor: cursor))
                }
            }
        )
    }

    // MARK: - Verifying

    private static let verificationShape = Shape(
        "verification",
        AuditVerification.self,
        name: { $0.at("headHash").text ?? "" },
        [
            Column("isClean", "INTACT"), Column("checked"), Column("erased"), Column("trimmedThrough", "TRIMMED"),
            Column("heads"), Column("signedThrough", "SIGNED"), Column("head"), Column("headHash"), Column("brokenAt"),
            Column("reason"),
        ]
    )

    static var verify: Command<Action> {
        Command(
            "verify",
            "Checks the audit log's hash chain and signed heads; exit code 10 if it is not intact.",
            discussion: """
                The daemon recomputes every hash and checks every head that it signed. What only shows elsewhere is a chain \
                that was written anew together with the file of heads: --heads compares with heads that were kept on another \
                machine, --hash with a single hash.
                """,
            examples: [
                Example("chatctl audit verify"),
                Example("chatctl audit verify --heads /mnt/elsewhere/heads", "Against what was kept."),
                Example("chatctl audit verify -o name >> /mnt/elsewhere/hashes", "Keeps the newest hash."),
            ],
            options: [
                .value(
                    "heads",
                    "FILE",
                    .file,
                    "Signed heads, one a line, from \"audit head -o jsonl\"; - is standard input."
                ),
                .value("hash", "HASH", "The hash that the newest entry must have, from an earlier answer."),
            ],
            action: Action("audit.verify", "audit.list") { run in
                let kept = try run.values.string("heads").map { try keptHeads($0, run) } ?? []
                let answer = try await run.call(.verifyAudit)
                try run.output.one(Node(answer), verificationShape)
                if !answer.isClean {
                    let place = answer.brokenAt.map { " at entry \($0)" } ?? ""
                    throw broken("the audit log is not intact\(place): \(answer.reason ?? "a link is broken")")
                }
                if let hash = run.values.string("hash"), hash.lowercased() != answer.headHash.lowercased() {
                    throw broken("the newest entry is \(answer.head) with the hash \(answer.headHash), not \(hash)")
                }
                try await compare(kept, answer, run)
            }
        )
    }

    private static func broken(_ sentence: String) -> Failure {
        Failure(APIError(.internal, sentence), exit: .verification)
    }

    private static func keptHeads(_ path: String, _ run: Run) throws -> [SignedHead] {
        let lines = try path == "-" ? run.standardInputLines() : SecretSource.lines(of: path)
        return try lines.enumerated().map { index, line in
            do throws(APIError) {
                return try Coding.decode(SignedHead.self, from: Array(line.utf8))
            } catch {
                throw Failure.usage(
                    "line \(index + 1) of --heads is not a signed head: \(VisibleText.line(error.detail))"
                )
            }
        }
    }

    /// Each kept head against the entry of its number as the daemon has it now. What was trimmed cannot be compared.
    private static func compare(_ kept: [SignedHead], _ answer: AuditVerification, _ run: Run) async throws {
        var compared = 0
        for head in kept where head.seq > answer.trimmedThrough {
            let page = try await run.call(.audit, AuditQuery(after: head.seq - 1, limit: 1))
            guard let entry = page.entries.first, entry.seq == head.seq else {
                throw broken("entry \(head.seq), whose head was kept, is missing")
            }
            guard entry.hash == head.hash else {
                throw broken(
                    "entry \(head.seq) has the hash \(entry.hash), and the head that was kept says \(head.hash)"
                )
            }
            compared += 1
        }
        if !kept.isEmpty {
            let trimmed = kept.count - compared
            run.say("\(compared) kept heads fit" + (trimmed > 0 ? ", \(trimmed) are of what was trimmed" : ""))
        }
    }

    // MARK: - Trimming

    private static let trimmedShape = Shape(
        "cut",
        AuditTrimmed.self,
        name: { String($0.at("head.seq").integer ?? 0) },
        [
            Column("entries", "TRIMMED", .number), Column("head.seq", "THROUGH", .number), Column("head.hash", "HASH"),
            Column("head.signature", "SIGNATURE", wide: true),
        ]
    )

    static var trim: Command<Action> {
        Command(
            "trim",
            "Cuts the old end off the audit log; what stays can be verified as before.",
            discussion: """
                The log is verified first, and nothing is cut off one that is not intact. The last entry that goes is signed, \
                and its head stands for all before it. Export what you want to keep: it does not come back.
                """,
            examples: [
                Example("chatctl audit export --until 365d --to audit-old.jsonl"),
                Example("chatctl audit trim --before 365d"),
            ],
            options: [
                .value("before", "WHEN", "Everything before this time: 365d (ago), 2026-01-01."),
                .value("through", "SEQ", .integer(1...Int.max), "Everything up to and with this entry."), Options.yes,
            ] + Options.change,
            action: Action("audit.trim") { run in
                let trim = AuditTrim(
                    through: run.values.int("through").map(Int64.init),
                    before: try run.moment("before")
                )
                guard (trim.through == nil) != (trim.before == nil) else {
                    throw Failure.usage("give one of --before and --through")
                }
                let what = run.values.string("before").map { "before \($0)" } ?? "through \(trim.through ?? 0)"
                try run.confirm("Trim the audit log \(VisibleText.line(what))? It does not come back.")
                let trimmed = try await run.call(.trimAudit, trim)
                try run.changed(Node(trimmed), trimmedShape, "trimmed \(trimmed.entries) entries")
            }
        )
    }
}
