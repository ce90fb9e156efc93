import ChatAPI
import ChatKit
import TerminalUI

/// Keys, pastes, focus and size.
extension Model {
    mutating func take(_ event: InputEvent) -> [Effect] {
        isDirty = true
        switch event {
        case .key(let key): return take(key)
        case .mouse(let mouse): return take(mouse)
        case .paste(let text, let isLast): return paste(text, isLast: isLast)
        case .focus(let hasFocus):
            self.hasFocus = hasFocus
            // The release of a button is told to the window that has the focus.
            if !hasFocus, book.desk?.isHeldByMouse == true { return endHand() }
            // What comes while nobody looks is below the line.
            if !hasFocus {
                changeRoom { room in
                    if room.anchor == .bottom { room.readLine = room.unread.marker > 0 ? room.unread.marker : nil }
                }
            }
            return []
        case .resize(let size):
            self.size = size
            return []
        case .reply(let reply):
            if case .background(let color) = reply { chooseTheme(background: color) }
            return []
        case .signal(let signal):
            switch signal {
            case .suspend: return [.suspend]
            case .resume: return [.redraw]
            case .hangUp, .terminate: return quit()
            }
        }
    }

    /// A light background gets the light theme, unless the person chose one.
    private mutating func chooseTheme(background: UInt32) {
        guard theme.name == Theme.standard.name, registerVersions["client/theme"] == nil else { return }
        let luminance = (background >> 16 & 0xFF) * 3 + (background >> 8 & 0xFF) * 6 + (background & 0xFF)
        if luminance > 1_500 { theme = .light }
    }

    private mutating func take(_ key: Key) -> [Effect] {
        if case .signIn = screen { return takeSignIn(key) }
        if overlay != nil { return takeOverlay(key) }
        if isDrawing, chord == nil { return takeCanvas(key) }
        if chord != nil {
            chord = nil
            guard let command = KeyBinding.command(key, in: .chord, editor: composer) else { return [] }
            return perform(command)
        }
        if let effects = takePage(key) { return effects }
        if room?.selected != nil {
            if let command = KeyBinding.command(key, in: .selection, editor: composer) {
                return performSelected(command)
            }
            // Any other key goes on with the line.
            changeRoom { $0.selected = nil }
        }
        if composer.history.isSearching || composer.mode == .vi && key == Key(.escape) && !composer.isInNormalMode {
            _ = composer.handle(key)
            return []
        }
        // In vi's normal mode letters are commands of the editor; chords and function keys stay ours.
        if !(composer.isInNormalMode && key.typed != nil),
            let command = KeyBinding.command(key, in: .chat, editor: composer)
        {
            if command != .complete && command != .completeBack { completion = nil }
            return perform(command)
        }
        completion = nil
        if let refused = refusedLine {
            refusedLine = nil
            if key.typed == "/", composer.text == refused, composer.isAtEnd { composer.set("") }
        }
        composer.width = max(2, ScreenLayout(self).composer.width - ComposerPane.promptWidth)
        let before = composer.characters.count
        _ = composer.handle(key)
        return typed(grew: composer.characters.count > before)
    }

    /// The text changed: others see that one writes, the draft is due soon.
    private mutating func typed(grew: Bool) -> [Effect] {
        draftDueAt = now + Self.draftMilliseconds
        guard grew, let room, room.isMember, !composer.text.hasPrefix("/"), isLive,
            now - lastTypingSent >= Self.typingEveryMilliseconds
        else { return [] }
        lastTypingSent = now
        return [.ask(.typing(room.id))]
    }

    /// Others believe it for six seconds.
    static let typingEveryMilliseconds: Int64 = 4_000
    /// A draft is stored when one pauses, not with each key.
    static let draftMilliseconds: Int64 = 2_000

    mutating func perform(_ command: KeyCommand) -> [Effect] {
        switch command {
        case .help:
            let isDrawing = isDrawing
            overlay = .help(isDrawing ? HelpPane(at: book.desk?.replay == nil ? .canvas : .replay) : HelpPane())
        case .quit: return quit()
        case .interrupt: return interrupt()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .cancel: return cancel()
        case .switcher: overlay = .switcher(Switcher())
        case .nextUnread: return showNextUnread()
        case .nextRoom: return step(1)
        case .previousRoom: return step(-1)
        case .lastRoom: return previous.map { show($0) } ?? []
        case .nthRoom(let number):
            let rooms = orderedRooms
            return number <= rooms.count ? show(rooms[number - 1].id) : []
        case .sidebar: showsSidebar.toggle()
        case .members: return toggleMembers()
        case .bare: return toggleBare()
        case .inbox: return openInbox()
        case .queue: return openWork("queue")
        case .chats: return openWork("chats")
        case .search: return openSearch("")
        case .send: return sendLine()
        case .complete where composer.isEmpty && book.desk != nil: changeDesk { $0.hasKeys = true }
        case .complete: complete(backward: false)
        case .completeBack: complete(backward: true)
        case .chord: chord = .ctrl("x")
        case .externalEditor: return [.edit(composer.text)]
        case .pageUp: scroll(by: max(1, timelineRect.height - 2))
        case .pageDown: scroll(by: -max(1, timelineRect.height - 2))
        case .lineUp: scroll(by: 1)
        case .lineDown: scroll(by: -1)
        case .bottom: scrollToBottom()
        case .firstUnread: return goToFirstUnread()
        case .previousMention: return goToMention(-1)
        case .nextMention: return goToMention(1)
        case .select: moveSelection(-1)
        case .toSketch: changeDesk { $0.hasKeys = true }
        case .sketch(let command): return perform(command)
        default: break
        }
        return []
    }

    /// Ctrl+C empties the line; twice in an empty line it ends the program. Ctrl+Q ends it at once.
    private mutating func interrupt() -> [Effect] {
        if !composer.isEmpty {
            composer.set("")
            composing = .new
            draftDueAt = now
            return []
        }
        guard now - quitWarnedAt < 3_000 else {
            quitWarnedAt = now
            tell("Ctrl+C again, or Ctrl+Q, to quit")
            return []
        }
        return quit()
    }

    private mutating func cancel() -> [Effect] {
        if completion != nil {
            completion = nil
        } else if help.preview != nil {
            help.preview = nil
            composer.set("")
        } else if book.desk?.lendsKeys == true {
            composer.set("")
            changeDesk { $0.hasKeys = true }
        } else if composing != .new {
            if case .edit = composing { composer.set("") }
            composing = .new
        } else if wayBack != nil {
            return goBack()
        } else if room?.anchor != .bottom {
            scrollToBottom()
        } else {
            changeRoom { $0.readLine = nil }
        }
        return []
    }

    private mutating func sendLine() -> [Effect] {
        completion = nil
        let line = composer.text
        guard !TextRules.isBlank(line) else { return [] }
        var effects: [Effect] = []
        // The line is gone before a command runs, so that a command may put another in its place.
        let before = composer
        _ = composer.submit()
        if submit(line, &effects) {
            if before.text == line, !line.hasPrefix("/") { help.preview = nil }
            effects.append(.keepHistory(composer.history.entries))
            lastTypingSent = 0
            draftDueAt = now
            if isQuitting { return effects }
            takeKeysBack(after: line)
        } else {
            composer = before
            if line.hasPrefix("/") { refusedLine = line }
        }
        return effects
    }

    /// Lines of a linear mode do as the composer does.
    mutating func takeLine(_ line: String) -> [Effect] {
        isDirty = true
        if case .signIn = screen { return takeSignInLine(line) }
        guard !TextRules.isBlank(line) else { return [] }
        var effects: [Effect] = []
        _ = submit(line, &effects)
        return effects
    }

    private mutating func paste(_ text: String, isLast: Bool) -> [Effect] {
        if case .signIn(var form) = screen {
            if form.fields.indices.contains(form.focus) {
                form.fields[form.focus].editor.insert(text.filter { !$0.isNewline })
            }
            screen = .signIn(form)
            return []
        }
        if overlay != nil {
            for scalar in text.unicodeScalars where scalar != "\n" { _ = takeOverlay(Key(.character(scalar))) }
            return []
        }
        if isDrawing {
            pasteOnCanvas(text)
            return []
        }
        changeRoom { $0.selected = nil }
        if composer.isEmpty, isLast, PasteGuard.concerns(text) {
            overlay = .paste(PasteGuard(text))
            return []
        }
        guard composer.insert(isLast ? text.trimmingLineEnds() : text) else {
            tell("the line holds at most \(LineEditor.limitBytes / 1_024) KiB; a longer thing is a file", .trouble)
            return []
        }
        return typed(grew: true)
    }
}
