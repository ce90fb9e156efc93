import ChatAPI
import ChatKit
package import Flags

/// What the completion scripts ask a running daemon for: names of channels, accounts, events, contexts.
package enum Completion {
    /// Prints candidates that begin with the prefix. Whatever goes wrong, there are just none: a shell is waiting.
    package static func answer(
        _ question: CompletionQuestion,
        _ console: some Console,
        connect: @escaping Run.Connect
    ) async {
        let run = Run(question.values, ["chatctl"], console, connect: connect)
        let prefix = question.prefix
        var words: [(word: String, note: String)] = []
        switch question.list {
        case "contexts": words = contexts(console)
        case "channels":
            let page = try? await run.call(.listChannels, ChannelQuery(limit: Limits.pageItems))
            words = (page?.items ?? []).compactMap { channel in channel.name.map { ($0, channel.topic ?? "") } }
        case "sketches": words = await sketches(prefix, run)
        case "users":
            // Behind a comma another one begins: ana,b…
            let typed = prefix.split(separator: ",", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            let before = String(prefix.dropLast(typed.count))
            let page = try? await run.call(.listAccounts, AccountQuery(query: typed.isEmpty ? nil : typed, limit: 100))
            words = (page?.items ?? []).map { (before + $0.name, $0.displayName ?? "") }
        case "agencies":
            let page = try? await run.call(.listAgencies, AgencyQuery(limit: Limits.pageItems))
            words = (page?.items ?? []).map { ($0.slug, $0.name) }
        case "events":
            let page = try? await run.call(.listEvents, EventQuery(limit: Limits.pageItems))
            words = (page?.items ?? []).map { ($0.slug, $0.name) }
        case "queues":
            let events = try? await run.call(.listEvents, EventQuery(limit: Limits.pageItems))
            words = (events?.items ?? []).map { ($0.slug, $0.name) }
        case "replies":
            let page = try? await run.call(.listReplies, ReplyQuery(limit: Limits.pageItems))
            words = (page?.items ?? []).map { ($0.key, $0.text) }
        default: break
        }
        for (word, note) in words where word.hasPrefix(prefix) {
            // A word that the shell would have to quote is none that anybody completes.
            guard VisibleText.line(word) == word, !word.contains(" ") else { continue }
            console.print(note.isEmpty ? word + "\n" : "\(word)\t\(VisibleText.line(note))\n")
        }
    }

    /// `general/plan`: those of the channel that is typed already, else of the channels one is in, as far as a page goes.
    private static func sketches(_ prefix: String, _ run: Run) async -> [(word: String, note: String)] {
        var channels: [Channel] = []
        if let slash = prefix.lastIndex(of: "/") {
            if let channel = try? await run.channel(String(prefix[..<slash])) { channels = [channel] }
        } else {
            channels = (try? await run.call(.listChannels, ChannelQuery(joined: true, limit: 40)).items) ?? []
        }
        var words: [(word: String, note: String)] = []
        for channel in channels {
            guard channel.name != nil else { continue }
            let name = run.people.title(channel)
            for sketch in (try? await run.call(.listSketches, ChannelRef(channel.id)).items) ?? [] {
                words.append(("\(name)/\(sketch.name)", "\(sketch.width) × \(sketch.height)"))
            }
        }
        return words
    }

    private static func contexts(_ console: some Console) -> [(word: String, note: String)] {
        guard let folders = try? Folders(console.kit), let contexts = try? Contexts.load(from: folders) else {
            return []
        }
        return contexts.contexts.keys.sorted().map { name in
            let context = contexts.contexts[name]
            return (name, context?.server ?? context?.socket ?? "")
        }
    }
}
