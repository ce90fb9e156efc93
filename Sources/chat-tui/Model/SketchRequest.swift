package import ChatAPI

/// Questions about sketches, and changes for whose answer the person waits. What is drawn goes through `DrawQueue`.
package enum SketchRequest: Sendable, Equatable {
    case list(ChannelID)
    case create(ChannelID, name: String, width: Int?, height: Int?)
    case snapshot(SketchID, SnapshotPurpose)
    case rename(SketchID, String)
    case delete(SketchID)
    case post(SketchID, ClientID, region: SketchRegion?, text: String?)
    case versions(SketchID)
    case nameVersion(SketchID, String)
    case restore(SketchID, Int64)
    case wipe(SketchID, by: String, undo: Bool = false)
    case origin(SketchID, x: Int, y: Int)
    case history(SketchID, after: Int64?)
}

/// What a snapshot was asked for.
package enum SnapshotPurpose: String, Sendable, Equatable {
    /// To be drawn in.
    case open
    /// To be read: `/sketch show`.
    case show
    /// For the card in the timeline.
    case card
    /// The log has a gap.
    case refetch
}

package enum SketchReply: Sendable {
    case done
    case list([Sketch])
    case sketch(Sketch)
    case snapshot(SketchSnapshot)
    case sent(Sent)
    case versions([SketchVersion])
    case version(SketchVersion)
    case drawn(SketchDrawn)
    case origin(SketchOrigin)
    case history(SketchOperationPage)
}

extension SketchRequest {
    func perform(on service: some Service) async throws(APIError) -> SketchReply {
        switch self {
        case .list(let channel): .list(try await service.call(.listSketches, ChannelRef(channel)).items)
        case .create(let channel, let name, let width, let height):
            .sketch(
                try await service.call(
                    .createSketch,
                    SketchDraft(channel: channel.description, name: name, width: width, height: height)
                )
            )
        case .snapshot(let sketch, _): .snapshot(try await service.call(.sketchSnapshot, SketchRef(sketch)))
        case .rename(let sketch, let name):
            .sketch(try await service.call(.renameSketch, SketchChange(sketch: sketch, name: name)))
        case .delete(let sketch): done(try await service.call(.deleteSketch, SketchRef(sketch)))
        case .post(let sketch, let cid, let region, let text):
            .sent(
                try await service.call(
                    .postSketch,
                    SketchPost(sketch: sketch, cid: cid, region: region, text: text)
                )
            )
        case .versions(let sketch):
            .versions(try await service.call(.listSketchVersions, SketchRef(sketch)).items)
        case .nameVersion(let sketch, let name):
            .version(
                try await service.call(.nameSketchVersion, SketchVersionDraft(sketch: sketch, name: name))
            )
        case .restore(let sketch, let version):
            .drawn(
                try await service.call(
                    .restoreSketchVersion,
                    SketchVersionRef(sketch: sketch, version: version)
                )
            )
        case .wipe(let sketch, let by, let undo):
            .drawn(try await service.call(.wipeSketch, SketchWipe(sketch: sketch, by: by, undo: undo ? true : nil)))
        case .origin(let sketch, let x, let y):
            .origin(try await service.call(.sketchOrigin, SketchCellQuery(sketch: sketch, x: x, y: y)))
        case .history(let sketch, let after):
            .history(
                try await service.call(
                    .sketchOperations,
                    SketchOperationQuery(sketch: sketch, after: after, limit: Limits.pageItems)
                )
            )
        }
    }

    private func done(_: Empty) -> SketchReply { .done }
}

extension SketchRequest {
    /// What a line asked for: the next line waits for its answer.
    var isByHand: Bool {
        switch self {
        case .list, .snapshot(_, .card), .snapshot(_, .refetch): false
        default: true
        }
    }
}
