import ChatAPI
import ChatKit
import TerminalUI

/// Keys for what stands before the chat.
extension Model {
    mutating func takeOverlay(_ key: Key) -> [Effect] {
        isDirty = true
        guard let overlay else { return [] }
        let command = KeyBinding.command(key, in: .list, editor: LineEditor())
        switch command {
        case .cancel: return closeOverlay()
        case .quit: return quit()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        default: break
        }
        if key == .ctrl("c") { return closeOverlay() }
        switch overlay {
        case .help(let pane): return help(pane, key, command)
        case .list(let pane): return list(pane, key, command)
        case .switcher(let pane): return switcher(pane, key, command)
        case .search(let pane): return search(pane, key, command)
        case .paste(let pane): return paste(pane, key)
        case .form(let pane): return form(pane, key, command)
        case .emoji(let pane): return emoji(pane, key, command)
        case .text(let pane): return text(pane, key, command)
        }
    }

    private mutating func closeOverlay() -> [Effect] {
        overlay = nil
        return []
    }

    /// Where a selection goes.
    static func moved(_ selected: Int, _ command: KeyCommand?, count: Int, page: Int = 10) -> Int? {
        switch command {
        case .listUp: max(0, selected - 1)
        case .listDown: max(0, min(count - 1, selected + 1))
        case .listPageUp: max(0, selected - page)
        case .listPageDown: max(0, min(count - 1, selected + page))
        default: nil
        }
    }

    private mutating func help(_ pane: HelpPane, _ key: Key, _ command: KeyCommand?) -> [Effect] {
        var pane = pane
        let limit = max(0, HelpView.lines.count - HelpView.page(size))
        switch command {
        case .listUp: pane.offset = max(0, pane.offset - 1)
        case .listDown: pane.offset = min(limit, pane.offset + 1)
        case .listPageUp: pane.offset = max(0, pane.offset - HelpView.page(size))
        case .listPageDown: pane.offset = min(limit, pane.offset + HelpView.page(size))
        default:
            if key == Key(.home) {
                pane.offset = 0
            } else if key == Key(.end) {
                pane.offset = limit
            } else {
                return closeOverlay()
            }
        }
        overlay = .help(pane)
        return []
    }

    private mutating func text(_ pane: TextPane, _ key: Key, _ command: KeyCommand?) -> [Effect] {
        var pane = pane
        let page = max(1, OverlayPane.box(size, wide: true).height - 2)
        let limit = max(0, pane.lines.count - page)
        guard let offset = Self.moved(pane.offset, command, count: limit + 1, page: page) else { return closeOverlay() }
        pane.offset = min(limit, offset)
        overlay = .text(pane)
        return []
    }

    private mutating func list(_ pane: ListPane, _ key: Key, _ command: KeyCommand?) -> [Effect] {
        var pane = pane
        if let selected = Self.moved(pane.selected, command, count: pane.rows.count) {
            pane.selected = selected
            overlay = .list(pane)
            return []
        }
        guard command == .choose, pane.rows.indices.contains(pane.selected) else { return [] }
        return choose(pane.rows[pane.selected].choice)
    }

    mutating func choose(_ choice: ListPane.Choice) -> [Effect] {
        switch choice {
        case .open(let id): return show(id)
        case .message(let id, let seq): return jump(to: seq, in: id)
        case .join(let name):
            overlay = nil
            if let channel = room(named: "#" + name), channel.isMember { return show(channel.id) }
            return [.ask(.join(name, secret: nil))]
        case .revoke(let session): return [.ask(.revoke(session))]
        case .command(let line):
            overlay = nil
            // Commands that need words are put into the line; the others run at once.
            if case .command(let name, let text) = ComposerLine(line), let command = SlashCommand.named(name),
                text.isEmpty, !command.usage.isEmpty, !command.usage.hasPrefix("[")
            {
                composer.set(line + " ")
                return []
            }
            var effects: [Effect] = []
            _ = submit(line, &effects)
            return effects
        case .sketch(let id):
            overlay = nil
            return open(id)
        case .layer(let id):
            overlay = nil
            chooseLayer(id)
            return []
        case .nothing: return []
        }
    }

    private mutating func switcher(_ pane: Switcher, _ key: Key, _ command: KeyCommand?) -> [Effect] {
        var pane = pane
        let items = pane.items(self)
        if let selected = Self.moved(pane.selected, command, count: items.count) {
            pane.selected = selected
        } else if command == .choose {
            guard items.indices.contains(pane.selected) else { return [] }
            return choose(items[pane.selected].choice)
        } else if key == .ctrl("k") {
            // Again: the next one, as with Alt+Tab.
            pane.selected = items.isEmpty ? 0 : (pane.selected + 1) % items.count
        } else if pane.editor.handle(key) == .handled {
            pane.selected = 0
        }
        overlay = .switcher(pane)
        return []
    }

    private mutating func search(_ pane: SearchPane, _ key: Key, _ command: KeyCommand?) -> [Effect] {
        var pane = pane
        var effects: [Effect] = []
        let words = pane.editor.text.trimmingBlanks()
        func ask() {
            guard !words.isEmpty else { return }
            pane.asked = words
            pane.hits = []
            pane.selected = 0
            pane.isLoading = true
            pane.problem = nil
            effects = [.ask(.search(words, pane.channel, cursor: nil))]
        }
        if let selected = Self.moved(pane.selected, command, count: pane.hits.count) {
            pane.selected = selected
            // The end of what is here: more.
            if selected >= pane.hits.count - 3, let cursor = pane.nextCursor, !pane.isLoading, let asked = pane.asked {
                pane.isLoading = true
                effects = [.ask(.search(asked, pane.channel, cursor: cursor))]
            }
        } else if command == .choose {
            if words.utf8.count > Limits.searchBytes {
                tell("the search has \(words.utf8.count) bytes; the limit is \(Limits.searchBytes)", .trouble)
            } else if words != pane.asked {
                ask()
            } else if pane.hits.indices.contains(pane.selected) {
                let entry = pane.hits[pane.selected].entry
                overlay = .search(pane)
                guard let channel = entry.channel, rooms[channel] != nil else {
                    tell("that channel is not open here: /join it first", .trouble)
                    return []
                }
                return jump(to: entry.seq, in: channel)
            }
        } else if command == .scope {
            pane.channel = pane.channel == nil ? current : nil
            pane.asked = nil
            ask()
        } else {
            _ = pane.editor.handle(key)
        }
        overlay = .search(pane)
        return effects
    }

    private mutating func paste(_ pane: PasteGuard, _ key: Key) -> [Effect] {
        var effects: [Effect] = []
        switch key {
        case Key(.enter) where pane.fitsOneMessage:
            overlay = nil
            if !send(pane.text, &effects) { composer.insert(pane.text.trimmingLineEnds()) }
        case .character("e"):
            overlay = nil
            if !composer.insert(pane.text.trimmingLineEnds()) {
                tell("that is more than the line holds, \(LineEditor.limitBytes / 1_024) KiB", .trouble)
            }
        case .character("l") where pane.messages.count <= PasteGuard.mostMessages:
            overlay = nil
            for line in pane.messages where !send(line, &effects) { break }
        default: break
        }
        return effects
    }

    private mutating func emoji(_ pane: EmojiPane, _ key: Key, _ command: KeyCommand?) -> [Effect] {
        var pane = pane
        let found = Emoji.matching(pane.editor.text, limit: 200)
        if let selected = Self.moved(pane.selected, command, count: found.count) {
            pane.selected = selected
        } else if command == .choose {
            let typed = pane.editor.text
            let emoji = found.indices.contains(pane.selected) ? found[pane.selected].emoji : Emoji.of(typed)
            overlay = nil
            changeRoom { $0.selected = nil }
            guard let emoji, let entry = room?.timeline[seq: pane.target] else {
                tell("'\(typed)' is no emoji", .trouble)
                return []
            }
            return toggle(emoji, on: entry)
        } else {
            _ = pane.editor.handle(key)
            pane.selected = 0
        }
        overlay = .emoji(pane)
        return []
    }

    private static func nameProblem(_ name: String) -> String? {
        do throws(APIError) {
            try Names.check(name.trimmingBlanks(), named: "the name")
            return nil
        } catch {
            return error.detail
        }
    }

    private mutating func form(_ pane: FormPane, _ key: Key, _ command: KeyCommand?) -> [Effect] {
        var pane = pane
        let last = pane.fields.count - 1
        switch command {
        case .listUp: pane.focus = max(0, pane.focus - 1)
        case .listDown, .scope: pane.focus = pane.focus == last ? 0 : pane.focus + 1
        case .choose where pane.focus < last: pane.focus += 1
        case .choose:
            let texts = pane.fields.map(\.text)
            if pane.purpose == .account, let problem = Self.nameProblem(texts[0]) {
                pane.problem = problem
            } else if texts[1] != texts[2] {
                pane.problem = "the two passwords differ"
            } else if texts[1].count < Limits.passwordCharacters {
                pane.problem =
                    "the new password has \(texts[1].count) characters; it takes at least \(Limits.passwordCharacters)"
            } else {
                pane.problem = nil
                overlay = .form(pane)
                switch pane.purpose {
                case .password: return [.ask(.password(current: texts[0], new: texts[1]))]
                case .account: return [.ask(.place(.become(name: texts[0].trimmingBlanks(), password: texts[1])))]
                }
            }
        default: _ = pane.fields[pane.focus].editor.handle(key)
        }
        overlay = .form(pane)
        return []
    }
}
