import ChatAPI
import TerminalUI

/// The first start: which daemon, then sign in, make an account, or enter a code. Also what asks again after a sign-out.
package struct SignInForm: Sendable {
    package enum Step: Sendable, Equatable {
        /// Which daemon: sockets that were found, or an address.
        case server
        case way
        case fields(Way)
        case working(Way)
    }

    package enum Way: Int, Sendable, CaseIterable {
        case signIn, register, code, guest

        package var label: String {
            switch self {
            case .signIn: "Sign in"
            case .register: "Make an account"
            case .code: "I have a code (an invitation, or to set a new password)"
            case .guest: "Enter an event as a guest (its code and a name, no password)"
            }
        }
    }

    package var step: Step
    /// Sockets that exist here.
    package let sockets: [String]
    /// The chosen daemon as it is written: `unix:/run/…`, `https://…`.
    package var server: String?
    package var selected = 0
    package var fields: [FormField] = []
    package var focus = 0
    package var problem: String?
    /// Proposed for the name.
    package var account: String

    package init(sockets: [String], server: String?, account: String = "", problem: String? = nil) {
        self.sockets = sockets
        self.server = server
        self.account = account
        self.problem = problem
        step = server == nil ? .server : .way
        if step == .server { openServer() }
    }

    package mutating func openServer() {
        step = .server
        selected = 0
        focus = sockets.isEmpty ? 0 : -1
        fields = [FormField("Address", hint: "https://chat.example.org, or the path of a socket")]
    }

    package mutating func open(_ way: Way) {
        step = .fields(way)
        focus = 0
        problem = nil
        let rule = "at least \(Limits.passwordCharacters) characters"
        switch way {
        case .signIn:
            fields = [FormField("Name", account), FormField("Password", isSecret: true)]
            if !account.isEmpty { focus = 1 }
        case .register:
            fields = [
                FormField("Name", account, hint: "2 to 32 letters and digits; others call you by it"),
                FormField("Password", isSecret: true, hint: rule),
                FormField("Password again", isSecret: true, hint: rule),
            ]
        case .code:
            fields = [
                FormField("Code", hint: "as you were given it"),
                FormField("Name", account, hint: "the one you have, or want"),
                FormField("New password", isSecret: true, hint: rule),
                FormField("New password again", isSecret: true, hint: rule),
            ]
        case .guest:
            fields = [
                FormField("Code of the event", hint: "as it stands on the door or in the invitation"),
                FormField("Your name", hint: "how others see you; /account makes an account of it later"),
            ]
        }
    }

    /// Options of a step without fields.
    package var options: [String] {
        switch step {
        case .server: sockets.map { "the daemon on this machine (\($0))" } + ["another address"]
        case .way: Way.allCases.map(\.label)
        case .fields, .working: []
        }
    }

    /// What is wrong with the fields, before anybody is asked, and which of them is to be written anew.
    package func complaint() -> (field: Int, sentence: String)? {
        guard case .fields(let way) = step else { return nil }
        if let empty = fields.firstIndex(where: { $0.text.trimmingBlanks().isEmpty }) {
            return (empty, "\(fields[empty].label.lowercased()) is empty")
        }
        if way == .guest {
            let bytes = fields[1].text.trimmingBlanks().utf8.count
            guard bytes > Limits.displayNameBytes else { return nil }
            return (1, "the name is \(bytes) bytes long; the limit is \(Limits.displayNameBytes)")
        }
        guard way != .signIn else { return nil }
        let name = way == .code ? 1 : 0
        do throws(APIError) {
            try Names.check(fields[name].text.trimmingBlanks(), named: "the name")
        } catch {
            return (name, error.detail)
        }
        let first = fields.count - 2
        let password = fields[first].text
        if password != fields[first + 1].text { return (first, "the two passwords differ") }
        if password.count < Limits.passwordCharacters {
            let limit = Limits.passwordCharacters
            return (first, "the password has \(password.count) characters; it takes at least \(limit)")
        }
        return nil
    }

    /// The cursor goes where the trouble is. Secrets are not seen, so both are typed again.
    mutating func complain(_ complaint: (field: Int, sentence: String)) {
        problem = complaint.sentence
        focus = complaint.field
        guard fields[focus].isSecret else { return }
        for index in focus..<fields.count where fields[index].isSecret { fields[index].editor.set("") }
    }

    /// What to do with the fields.
    package func order() -> SignInOrder? {
        guard case .fields(let way) = step, let server else { return nil }
        let texts = fields.map(\.text)
        return switch way {
        case .signIn:
            SignInOrder(way: way, server: server, name: texts[0].trimmingBlanks(), password: texts[1], code: nil)
        case .register:
            SignInOrder(way: way, server: server, name: texts[0].trimmingBlanks(), password: texts[1], code: nil)
        case .code:
            SignInOrder(
                way: way,
                server: server,
                name: texts[1].trimmingBlanks(),
                password: texts[2],
                code: texts[0].trimmingBlanks()
            )
        case .guest:
            SignInOrder(
                way: way,
                server: server,
                name: texts[1].trimmingBlanks(),
                password: "",
                code: texts[0].trimmingBlanks()
            )
        }
    }
}

/// Signing in, as the world is asked for it.
package struct SignInOrder: Sendable, Equatable {
    package let way: SignInForm.Way
    package let server: String
    package let name: String
    package let password: String
    package let code: String?

    package init(way: SignInForm.Way, server: String, name: String, password: String, code: String?) {
        self.way = way
        self.server = server
        self.name = name
        self.password = password
        self.code = code
    }
}
