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
        let words: [CompletionList.Word]
        if question.list == "contexts" {
            words = contexts(console)
        } else {
            words = (try? await CompletionList.table[question.list]?.words(run, prefix)) ?? []
        }
        var seen: Set<String> = []
        for word in words where word.text.hasPrefix(prefix) && word.text != "@" && seen.insert(word.text).inserted {
            // A word that the shell would have to quote is none that anybody completes.
            guard VisibleText.line(word.text) == word.text, !word.text.contains(" ") else { continue }
            console.print(word.note.isEmpty ? word.text + "\n" : "\(word.text)\t\(VisibleText.line(word.note))\n")
        }
    }

    private static func contexts(_ console: some Console) -> [CompletionList.Word] {
        guard let folders = try? Folders(console.kit), let contexts = try? Contexts.load(from: folders) else {
            return []
        }
        return contexts.contexts.keys.sorted().map { name in
            let context = contexts.contexts[name]
            return CompletionList.Word(name, context?.server ?? context?.socket ?? "")
        }
    }
}
