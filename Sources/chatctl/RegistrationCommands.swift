import ChatAPI
import Flags

/// `event register|accept|withdraw|registration`, `profile become`: one's own place in an event.
enum RegistrationCommands {
    static var register: Command<Action> {
        Command(
            "register",
            "Asks for a place in an event: at once, after approval, or in the waiting list.",
            examples: [Example("chatctl event register devconf")],
            arguments: [EventCommands.event],
            options: Options.change,
            action: Action("events.register") { run in
                try JoinCommands.print(
                    try await run.call(.registerForEvent, EventRef(run.values.required("EVENT"))),
                    run
                )
            }
        )
    }

    static var accept: Command<Action> {
        Command(
            "accept",
            "Takes the place that the waiting list offers.",
            examples: [Example("chatctl event accept devconf")],
            arguments: [EventCommands.event],
            options: Options.change,
            action: Action("events.accept") { run in
                try JoinCommands.print(
                    try await run.call(.acceptPlace, EventRef(run.values.required("EVENT"))),
                    run
                )
            }
        )
    }

    static var withdraw: Command<Action> {
        Command(
            "withdraw",
            "Gives one's place up, and leaves the event's channels.",
            examples: [Example("chatctl event withdraw devconf --yes")],
            arguments: [EventCommands.event],
            options: [Options.yes] + Options.change,
            action: Action("events.withdraw") { run in
                let event = run.values.required("EVENT")
                try run.confirm("Give up the place in \(VisibleText.line(event))?")
                let attendee = try await run.call(.withdrawFromEvent, EventRef(event))
                try run.changed(Node(attendee), AttendeeCommands.shape, "withdrew from \(VisibleText.line(event))")
            }
        )
    }

    static var show: Command<Action> {
        Command(
            "registration",
            "Shows one's own registration, with the place in the waiting list.",
            examples: [Example("chatctl event registration devconf")],
            arguments: [EventCommands.event],
            action: Action("events.registration") { run in
                let event = run.values.required("EVENT")
                let attendee = try await run.call(.registration, EventRef(event))
                if attendee.state == .offered {
                    run.say("a place is kept for you: chatctl event accept \(VisibleText.line(event))")
                }
                try run.output.one(Node(attendee), AttendeeCommands.shape)
            }
        )
    }

    static var become: Command<Action> {
        Command(
            "become",
            "Turns the guest one is into an account with a name and a password.",
            examples: [Example("chatctl profile become mia")],
            arguments: [.required("NAME", "2 to 32 letters, digits, _ - and . of one script.")],
            options: [Options.password("the new password")] + Options.change,
            action: Action("guests.become") { run in
                let name = run.values.required("NAME")
                let password = try run.secret("password-file", "New password", twice: true)
                let account = try await run.call(.becomeMember, GuestUpgrade(name: name, password: password))
                try run.changed(Node(account), UserCommands.shape, "is now \(VisibleText.line(account.name))")
            }
        )
    }
}
