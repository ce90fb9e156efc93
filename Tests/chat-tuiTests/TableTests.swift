import ChatAPI
import TerminalUI
import Testing
import chat_tui

/// The tables of keys and commands: no conflicts, a help for each.
@Suite struct TableTests {
    @Test func `no key has two meanings in one place`() {
        for place in KeyBinding.Place.allCases {
            var seen: [Key: [KeyBinding]] = [:]
            // What holds anywhere holds here, too.
            for binding in KeyBinding.table
            where binding.place == place || binding.place == .anywhere && place != .chord {
                for name in binding.keys {
                    guard let key = Key(name) else {
                        Issue.record("\(name) is no key")
                        continue
                    }
                    // Whoever draws means undo, as everywhere; the shell's key works with the line.
                    if place == .canvas, name == "Ctrl+Z" { continue }
                    #expect(
                        seen[key] == nil,
                        "\(name) in \(place): \(binding.sentence) and \(seen[key]?[0].sentence ?? "")"
                    )
                    seen[key, default: []].append(binding)
                }
            }
        }
    }

    @Test func `keys that the editor knows are taken from it only where that is meant`() {
        // Without a condition, these belong to the chat although the editor has them.
        let meant: Set<String> = ["Ctrl+Z", "Alt+A"]
        let editor = Dictionary(
            EditCommand.bindings.flatMap { binding in binding.keys.compactMap { Key($0) }.map { ($0, binding.command) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        for binding in KeyBinding.table
        where (binding.place == .chat || binding.place == .anywhere) && binding.condition == .always {
            for name in binding.keys {
                guard let key = Key(name), let command = editor[key] else { continue }
                #expect(meant.contains(name), "\(name) is \(binding.sentence) and the editor's \(command)")
            }
        }
    }

    @Test func `every binding has a sentence, and the first of its keys is how it is printed`() {
        for binding in KeyBinding.table {
            #expect(!binding.sentence.isEmpty && !binding.sentence.hasSuffix("."))
            for name in binding.keys { #expect(Key(name)?.description == name) }
        }
    }

    @Test func `every command has one name and a help`() {
        var names: Set<String> = []
        for command in SlashCommand.table {
            for name in [command.name] + command.aliases {
                #expect(names.insert(name).inserted, "/\(name) is there twice")
            }
            #expect(!command.summary.isEmpty && !command.summary.hasSuffix("."))
            #expect(HelpView.lines.contains { $0.left == command.line && $0.right == command.summary })
        }
    }

    @Test func `a command that needs words and gets none answers with a sentence`() {
        for command in SlashCommand.table where !command.usage.isEmpty && !command.usage.hasPrefix("[") {
            var model = Sample.model()
            let count = model.noticeCount
            _ = update(&model, .line("/" + command.name))
            #expect(model.noticeCount > count, "/\(command.name)")
            #expect(model.notices.last?.kind == .trouble)
        }
    }

    @Test(arguments: [
        ("/frobnicate", "there is no command /frobnicate; see /help"),
        ("/raect 1 :+1:", "there is no command /raect; did you mean /react or /reject?"),
        ("/react 99 :+1:", "there are only 5 messages here"),
        ("/react 1 :nosuch:", "':nosuch:' is no emoji: write 👍 or :+1:"),
        ("/react x :+1:", "'x' is no message: 1 is the newest, 2 the one before; #812 is its number"),
        ("/edit 1 mine", "only bob can edit that message"),
        ("/theme nosuch", "there is no theme 'nosuch'; there are standard, light, contrast, colorblind, mono"),
        ("/mouse maybe", "/mouse takes on or off, not 'maybe'"),
        ("/password secret", "a password is not typed into the line: /password asks for it"),
        ("/create -x", "the name must begin with a letter or a digit"),
        ("/goto never", "'never' is neither #812 nor a day like 2026-11-21"),
        ("/back now", "/back takes nothing after it, not 'now'"),
    ])
    func `what cannot be done is said in a sentence`(line: String, sentence: String) {
        var model = Sample.model()
        let effects = update(&model, .line(line))
        #expect(model.notices.last?.text == sentence)
        #expect(effects.posts.isEmpty && effects.requests.isEmpty)
    }

    @Test func `the manual names every key and command`() {
        let page = ProgramTree.manualSource
        for command in SlashCommand.table { #expect(page.contains(command.name)) }
        #expect(page.contains("Ctrl+K"))
    }
}
