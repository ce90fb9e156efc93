import ChatAPI
import ChatKit
import TerminalUI

/// The first start, key by key; and line by line in the linear modes.
extension Model {
    mutating func takeSignIn(_ key: Key) -> [Effect] {
        guard case .signIn(var form) = screen else { return [] }
        isDirty = true
        switch KeyBinding.command(key, in: .list, editor: LineEditor()) {
        case .quit: return quit()
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .cancel: back(&form)
        case .listUp: move(&form, -1)
        case .listDown, .scope: move(&form, 1)
        case .choose:
            let effects = advance(&form)
            screen = .signIn(form)
            return effects
        default:
            if key == .ctrl("c") { return quit() }
            type(key, &form)
        }
        screen = .signIn(form)
        return []
    }

    private func type(_ key: Key, _ form: inout SignInForm) {
        switch form.step {
        case .fields, .server:
            // A letter in the list of sockets begins an address.
            if form.focus < 0, key.typed != nil {
                form.selected = form.sockets.count
                form.focus = 0
            }
            guard form.fields.indices.contains(form.focus) else { return }
            _ = form.fields[form.focus].editor.handle(key)
            form.problem = nil
        case .way:
            if let number = key.typed.flatMap({ Int(String($0)) }), (1...SignInForm.Way.allCases.count).contains(number)
            {
                form.selected = number - 1
            }
        case .working: break
        }
    }

    private func back(_ form: inout SignInForm) {
        form.problem = nil
        switch form.step {
        case .fields: form.step = .way
        case .way: form.openServer()
        case .server: form.focus = form.sockets.isEmpty ? 0 : -1
        case .working: break
        }
    }

    private func move(_ form: inout SignInForm, _ step: Int) {
        switch form.step {
        case .way: form.selected = min(max(0, form.selected + step), form.options.count - 1)
        case .server:
            form.selected = min(max(0, form.selected + step), form.options.count - 1)
            form.focus = form.selected == form.sockets.count ? 0 : -1
        case .fields: form.focus = (form.focus + step + form.fields.count) % form.fields.count
        case .working: break
        }
    }

    private mutating func advance(_ form: inout SignInForm) -> [Effect] {
        form.problem = nil
        switch form.step {
        case .server:
            let isSocket = form.focus < 0 && form.sockets.indices.contains(form.selected)
            let text = isSocket ? form.sockets[form.selected] : form.fields[0].text.trimmingBlanks()
            do throws(ProfileError) {
                let address = try ServerAddress(typed: text)
                form.server = address.description
                serverName = address.description
                form.step = .way
                form.selected = 0
            } catch {
                form.problem = error.sentence
            }
        case .way: form.open(SignInForm.Way(rawValue: form.selected) ?? .signIn)
        case .fields(let way):
            if form.focus < form.fields.count - 1 {
                form.focus += 1
                return []
            }
            if let complaint = form.complaint() {
                form.complain(complaint)
                return []
            }
            guard let order = form.order() else { return [] }
            form.step = .working(way)
            return [.signIn(order)]
        case .working: break
        }
        return []
    }

    mutating func signInFailed(_ error: APIError) {
        guard case .signIn(var form) = screen, case .working(let way) = form.step else { return }
        form.step = .fields(way)
        // The likely culprit has the cursor.
        let isPassword = error.errors.contains { $0.pointer == "/password" }
        let field: Int
        switch way {
        case .signIn: field = 1
        case .register: field = isPassword ? 1 : 0
        case .code: field = error.code == .codeInvalid ? 0 : isPassword ? 2 : 1
        case .guest: field = error.errors.contains { $0.pointer == "/displayName" } ? 1 : 0
        }
        form.complain((field, error.detail))
        screen = .signIn(form)
        isDirty = true
    }

    mutating func signedIn(_ account: Account, profile: String, server: String) -> [Effect] {
        if me?.id != account.id { forgetPerson() }
        me = account
        accounts[account.id] = account
        profileName = profile
        serverName = server
        screen = .chat
        connection = .connecting
        isDirty = true
        return []
    }

    // MARK: - Lines

    /// What a linear mode asks for now; nil while nothing is asked.
    package var question: (text: String, isSecret: Bool)? {
        guard case .signIn(let form) = screen else { return nil }
        switch form.step {
        case .server:
            let found = form.sockets.enumerated().map { "\($0 + 1) for \($1), or " }.joined()
            return ("daemon (\(found)an address)", false)
        case .way: return ("1 sign in, 2 make an account, 3 enter a code, 4 enter an event as a guest", false)
        case .fields:
            let field = form.fields[form.focus]
            return (field.label.lowercased(), field.isSecret)
        case .working: return nil
        }
    }

    mutating func takeSignInLine(_ line: String) -> [Effect] {
        guard case .signIn(var form) = screen else { return [] }
        if line.trimmingBlanks() == "/quit" { return quit() }
        switch form.step {
        case .server:
            if let number = Int(line.trimmingBlanks()), form.sockets.indices.contains(number - 1) {
                form.selected = number - 1
                form.focus = -1
            } else {
                form.focus = 0
                form.fields[0].editor.set(line)
            }
        case .way:
            guard let number = Int(line.trimmingBlanks()), SignInForm.Way(rawValue: number - 1) != nil else {
                form.problem = "'\(line.prefix(20))' is none of 1, 2, 3 and 4"
                screen = .signIn(form)
                return []
            }
            form.selected = number - 1
        case .fields: form.fields[form.focus].editor.set(line)
        case .working: return []
        }
        let effects = advance(&form)
        screen = .signIn(form)
        return effects
    }
}

extension ServerAddress {
    /// An address as people type it: a URL, `unix:/path`, or a path.
    init(typed text: String) throws(ProfileError) {
        if text.isEmpty { throw ProfileError(.usage, "an address is needed: https://host, or the path of a socket") }
        if text.hasPrefix("unix:") {
            try self.init(socket: String(text.dropFirst(5)))
        } else if text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../") {
            try self.init(socket: text)
        } else {
            // A bare host is meant as https: nothing else crosses a network.
            try self.init(url: text.contains("://") ? text : "https://" + text)
        }
    }
}
