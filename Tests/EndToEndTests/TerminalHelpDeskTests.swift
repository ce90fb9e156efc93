import ChatAPI
import ChatTestKit
import Testing

extension TerminalTests {
    /// The help desk in real terminals: two organizers and a participant, with the daemon restarted in between.
    @Suite struct HelpDesk {
        @Test func `two organizers and a participant, from the code at the door to the stars`() async throws {
            let stage = try await TerminalStage.start()
            let code = try await stage.prepareEvent(organizers: ["ana", "dana"])
            let ana = try await stage.chat("ana", width: 120)
            let dana = try await stage.chat("dana", term: "tmux-256color")
            for organizer in [ana, dana] {
                try await organizer.line("/join \(code)")
                try await organizer.see("#devconf/general", "Queue", "Chats", "Inbox")
            }

            // A guest comes in by the code alone.
            let carol = try await stage.open("carol", ["--socket", stage.daemon.socketPath], width: 80, height: 24)
            try await carol.see("Enter an event as a guest")
            try await carol.press("4", "Enter")
            try await carol.see("Code of the event")
            try await carol.line(code)
            try await carol.line("Carol 太郎")
            try await carol.see("#devconf/general", "#announcements")

            // She asks; both organizers see it in the table without doing anything.
            for organizer in [ana, dana] {
                try await organizer.press("F7")
                try await organizer.see("Queue devconf", "Nobody waits")
            }
            try await carol.line("/help I lost my badge at gate 3")
            try await carol.see("Help: you are next", "estimate")
            for organizer in [ana, dana] { try await organizer.see("I lost my badge") }

            // One takes it while the other looks at it; the other is told who has it.
            try await dana.press("h")
            try await dana.see("is held for you until")
            try await ana.see("dana till")
            try await ana.press("t")
            try await ana.see("dana already holds")
            try await dana.press("t")
            try await dana.see("I lost my badge at gate 3", "dana answers")
            try await carol.see("Help: dana answers", "dana answers your request")
            try await ana.see("Nobody waits")

            // They talk, and the note stays between those who answer.
            try await dana.say("which colour has it?")
            try await carol.see("dana", "which colour has it?")
            try await carol.say("blue, with a fox")
            try await dana.see("blue, with a fox")
            try await dana.line("/note the fox is at the cloakroom")
            try await dana.see("Private", "the fox is at the cloakroom")

            // The daemon dies in the middle; everybody comes back to where they were.
            stage.daemon.kill()
            for pane in [ana, dana, carol] { try await pane.see("offline") }
            try await stage.daemon.restart()
            for pane in [ana, dana, carol] {
                try await pane.wait("the connection") {
                    !$0.text.contains("offline") && !$0.text.contains("connecting …")
                }
            }
            try await dana.say("it is at the cloakroom")
            try await carol.see("it is at the cloakroom", "Help: dana answers")
            #expect(try await carol.screen().text.contains("fox is at") == false)

            // The end, for both, and the stars.
            try await dana.line("/end found it")
            try await carol.see("dana ended this chat: found it", "How was the chat with dana? /rate 1 to 5")
            try await dana.see("this chat has ended")
            try await carol.line("/rate 5 fast")
            try await carol.see("thank you: ★★★★★")
            try await carol.lose("How was the chat")
            try await dana.see("rated this chat ★★★★★")
            try await dana.line("/archive")
            try await dana.see("Chats that ended", "★★★★★", "found it")

            for pane in [ana, dana, carol] {
                #expect(pane.output.violations == [])
                try await pane.press("C-q")
                try await pane.end(0)
            }
        }

        @Test func `who is asked to wait can cancel, and who refuses says why`() async throws {
            let stage = try await TerminalStage.start()
            let code = try await stage.prepareEvent(organizers: ["ana", "dana"])
            let ana = try await stage.chat("ana")
            try await stage.register("bob")
            let bob = try await stage.chat("bob", width: 60, height: 16)
            try await bob.line("/join \(code)")
            try await bob.see("#devconf/general")
            try await ana.line("/queue")
            try await ana.see("Nobody waits")
            try await bob.line("/help where is the talk")
            try await bob.see("Help: you are next")
            try await bob.line("/cancel")
            try await bob.lose("Help: you are next")
            try await ana.see("Nobody waits")
            try await bob.line("/help and the coffee")
            try await ana.see("and the coffee")
            try await ana.press("x")
            try await ana.see("/reject 1")
            try await ana.line("the coffee is everywhere")
            try await bob.see("your request was refused: the coffee is everywhere")
        }

        @Test func `the same line by line, and as JSON lines`() async throws {
            let stage = try await TerminalStage.start()
            let code = try await stage.prepareEvent(organizers: ["ana", "dana"])
            try await stage.register("bob")
            let ana = try stage.pipe("ana", ["--socket", stage.daemon.socketPath, "--json"])
            let bob = try stage.pipe("bob", ["--socket", stage.daemon.socketPath, "--plain"])
            try await ana.line("/join \(code)")
            try await ana.see("you are in DevConf")
            try await ana.line("/queue")
            try await ana.see("Nobody waits")
            try await bob.line("/join \(code)")
            try await bob.line("/help where is the talk")
            try await bob.see("Help: you are next")
            try await ana.see("\"type\":\"row\"")
            try await ana.see("where is the talk")
            try await ana.line("/take bob")
            try await ana.see("you talk with bob now")
            try await bob.see("ana answers your request")
            try await ana.line("/note knows the way already")
            try await ana.see("\"type\":\"note\"")
            try await ana.line("behind you")
            try await bob.see("ana: behind you")
            try await ana.line("/end found it")
            try await bob.see("ana ended this chat: found it")
            try await bob.line("/rate 4")
            try await bob.see("thank you: ★★★★")
            for program in [ana, bob] {
                try await program.line("/quit")
                #expect(try await program.finish().status == 0)
            }
            #expect(!bob.text.contains("knows the way"))
        }
    }
}
