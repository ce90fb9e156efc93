import ChatAPI
import Flags

/// `message react|unreact`.
enum ReactionCommands {
    private static let emoji = Argument.required("EMOJI", "One emoji.")

    static var react: Command<Action> {
        Command(
            "react",
            "Reacts to a message; again changes nothing.",
            examples: [Example("chatctl message react general/812 👍")],
            arguments: [Arguments.message, emoji],
            options: Options.change,
            action: Action("reactions.add", "channels.get") { run in
                let (ref, name) = try await reference(run)
                _ = try await run.call(.react, ref)
                try run.done(
                    "reacted",
                    name,
                    "reacted to \(VisibleText.line(name)) with \(VisibleText.line(ref.emoji))"
                )
            }
        )
    }

    static var unreact: Command<Action> {
        Command(
            "unreact",
            "Takes one's reaction back.",
            examples: [Example("chatctl message unreact general/812 👍")],
            arguments: [Arguments.message, emoji],
            options: Options.change,
            action: Action("reactions.remove", "channels.get") { run in
                let (ref, name) = try await reference(run)
                _ = try await run.call(.unreact, ref)
                try run.done(
                    "unreacted",
                    name,
                    "took \(VisibleText.line(ref.emoji)) back from \(VisibleText.line(name))"
                )
            }
        )
    }

    private static func reference(_ run: Run) async throws -> (ReactionRef, String) {
        let message = try run.message(run.values.required("MESSAGE"))
        let channel = try await run.channelID(message.channel)
        let ref = ReactionRef(channel: channel, seq: message.seq, emoji: run.values.required("EMOJI"))
        return (ref, "\(message.channel)/\(message.seq)")
    }
}
