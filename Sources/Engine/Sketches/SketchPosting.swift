package import ChatAPI
import Storage

/// Sending a sketch, or a region of it, as a message that shows it: in the timeline, in every client, as it was then.
extension Sketches {
    package func post(_ post: SketchPost, _ call: Call) async throws -> Sent {
        let account = try call.caller.signedIn()
        let (canvas, sketch) = try await open(post.sketch, for: call.caller)
        let picture: Result<SketchPicture, APIError> = Result { () throws(APIError) in
            try Self.picture(of: canvas, sketch, post.region)
        }
        let text = post.text ?? sketch.name
        try MessageRules.check(text: text)
        let message = Message(channel: sketch.channel, cid: post.cid, text: text)
        return try await database.perform(call, touching: [.channel(sketch.channel)]) { tx in
            // What was posted stays acknowledged, even if there is nothing to show any more.
            if case .failure = picture, let sent = try Messages.sent(message, in: sketch.channel, by: account, tx) {
                return sent
            }
            return try Messages.store(
                message,
                in: sketch.channel,
                showing: try picture.get(),
                by: account,
                isBot: call.caller.token != nil,
                now: call.now,
                tx
            )
        }
    }

    /// Everything that is drawn, or the region that was asked for. Pure.
    static func picture(
        of canvas: SketchCanvas,
        _ sketch: Sketch,
        _ region: SketchRegion?
    ) throws(APIError) -> SketchPicture {
        if let region { try SketchRules.check(inside: region, canvas) }
        guard let region = region ?? canvas.drawnRegion else {
            throw APIError(.conflict, "nothing is drawn in '\(sketch.name)': there is nothing to show")
        }
        let picture = SketchPicture(
            sketch: sketch.id,
            name: sketch.name,
            seq: canvas.seq,
            region: region,
            runs: canvas.runs(in: region)
        )
        let count = Coding.encode(picture).count
        guard count <= Limits.pictureBytes else {
            throw APIError(
                .tooLarge,
                "the picture has \(count) bytes; a message shows at most \(Limits.pictureBytes): choose a smaller region"
            )
        }
        return picture
    }
}
