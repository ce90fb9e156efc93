package import ChatAPI

/// Questions and changes about order: whom one does not want to hear, who is kept out, how often one may write.
package enum OrderRequest: Sendable, Equatable {
    case blocks
    case block(String, BlockKind)
    case unblock(String)
    case kick(String, scope: String, reason: String?)
    case ban(String, scope: String, forMs: Int64?, reason: String?)
    case timeOut(String, scope: String, forMs: Int64, reason: String?)
    case reinstate(String, scope: String)
    case sanctions(scope: String)
    case slow(ChannelID, Int64)
    case posting(ChannelID)
    case emergency(scope: String, voice: EmergencyVoice?, forMs: Int64, reason: String?)
    case calm(scope: String)
    case report(ChannelID, Int64, reason: String)
    case reports
    case decide(ReportID, ReportAction)
}

package enum OrderReply: Sendable {
    case done
    case blocks([Block])
    case block(Block)
    case kicked(Int)
    case sanction(Sanction)
    case sanctions([Sanction])
    case posting(Posting)
    case emergency(Emergency)
    case report(Report)
    case reports([Report])
}

extension OrderRequest {
    func perform(on service: some Service) async throws(APIError) -> OrderReply {
        switch self {
        case .blocks: .blocks(try await service.call(.listBlocks).items)
        case .block(let account, let kind):
            .block(try await service.call(.setBlock, BlockDraft(account: account, kind: kind)))
        case .unblock(let account): try await done(service.call(.removeBlock, AccountRef(account)))
        case .kick(let account, let scope, let reason):
            .kicked(
                try await service.call(.kick, SanctionDraft(account: account, scope: scope, reason: reason)).channels
            )
        case .ban(let account, let scope, let duration, let reason):
            .sanction(
                try await service.call(
                    .ban,
                    SanctionDraft(account: account, scope: scope, forMs: duration, reason: reason)
                )
            )
        case .timeOut(let account, let scope, let duration, let reason):
            .sanction(
                try await service.call(
                    .timeOut,
                    SanctionDraft(account: account, scope: scope, forMs: duration, reason: reason)
                )
            )
        case .reinstate(let account, let scope):
            try await done(service.call(.reinstate, Reinstatement(account: account, scope: scope)))
        case .sanctions(let scope):
            .sanctions(
                try await service.call(.listSanctions, SanctionQuery(scope: scope, limit: PlaceRequest.rows)).items
            )
        case .slow(let channel, let pause):
            .posting(
                try await service.call(.setPosting, PostingChange(channel: channel.description, slowModeMs: pause))
            )
        case .posting(let channel): .posting(try await service.call(.posting, ChannelRef(channel)))
        case .emergency(let scope, let voice, let duration, let reason):
            .emergency(
                try await service.call(
                    .startEmergency,
                    EmergencyDraft(scope: scope, voice: voice, forMs: duration, reason: reason)
                )
            )
        case .calm(let scope): try await done(service.call(.endEmergency, ScopeRef(scope)))
        case .report(let channel, let seq, let reason):
            .report(
                try await service.call(.report, ReportDraft(channel: channel.description, seq: seq, reason: reason))
            )
        case .reports: .reports(try await service.call(.listReports, ReportQuery(limit: PlaceRequest.rows)).items)
        case .decide(let report, let action):
            .report(try await service.call(.decideReport, ReportDecision(report: report, action: action)))
        }
    }

    private func done(_: Empty) -> OrderReply { .done }
}
