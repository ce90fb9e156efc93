import ChatAPI
import ChatTestKit
import Testing

extension TerminalTests {
    /// The help desk at work in real terminals: topics and promises in the table, counters, prepared answers, handing on,
    /// and what an administrator sees of people.
    @Suite struct DeskDepth {
        @Test func `two organizers share what waits, and hand it on with a note`() async throws {
            let stage = try await TerminalStage.start()
            let code = try await stage.prepareEvent(organizers: ["ana", "dana"])
            let queues = try await stage.world.administer(.listQueues, QueueQuery(event: "devconf")).items
            let queue = try #require(queues.first)
            _ = try await stage.world.administer(
                .changeQueue,
                QueueChange(
                    queue: queue.id,
                    topics: [
                        Topic(key: "medical", title: "Somebody is hurt", priority: 5),
                        Topic(key: "lost", title: "Lost and found"),
                    ],
                    sla: SLAPolicy(firstAnswerMs: 300_000)
                )
            )
            let reply = "First aid is at gate 2, {{participant}}."
            _ = try await stage.chatctl(["reply", "set", "aid", reply], as: "ana")
            try await stage.register("bob", "carol")
            let ana = try await stage.chat("ana", width: 120, height: 40)
            let dana = try await stage.chat("dana", width: 80, height: 24)
            let bob = try await stage.chat("bob", width: 80, height: 24)
            let carol = try await stage.chat("carol", term: "screen", width: 80, height: 24)
            for person in [ana, dana, bob, carol] {
                try await person.line("/join \(code)")
                try await person.see("devconf", "#announcements")
            }

            // Two ask; whoever is hurt goes first, although they came later.
            try await bob.line("/help lost: my hat, it is red")
            try await bob.see("Help: you are next")
            try await carol.line("/help medical: my foot hurts")
            try await carol.see("Help: you are next")
            try await ana.press("F7")
            try await ana.wait("both of them, the urgent one first, and what was promised") { screen in
                screen.isInOrder(["my foot hurts", "my hat, it is red"]) && screen.text.contains("2 waiting")
                    && screen.text.contains("Due") && screen.row(with: "medical")?.text.contains("min") == true
                    && screen.row(with: "Queue  ")?.text.contains(/Queue +2/) == true
            }

            // The first one is taken; the counters of everybody move by themselves.
            try await ana.press("t")
            try await ana.see("&carol", "my foot hurts", "answer due in")
            try await ana.wait("the counters of the work lists") { screen in
                screen.text.contains(/Queue +1/) && screen.text.contains(/Chats +1/)
            }
            try await dana.wait("one that waits") { $0.text.contains(/Queue +1/) }

            // A prepared answer is looked at before it goes.
            try await ana.line("/r aid")
            try await ana.see("canned reply 'aid'", "First aid is at gate 2, carol.")
            #expect(try await carol.screen().text.contains("gate 2") == false)
            try await ana.press("Enter")
            try await carol.see("First aid is at gate 2, carol.")

            // Handed on with a note, which only those who answer see; everybody reads who did it.
            try await ana.line("/transfer dana she knows feet")
            try await dana.see("&carol", "my foot hurts", "she knows feet", "ana handed this chat to dana")
            try await carol.see("ana handed this chat to dana", "Help: dana answers")
            try await ana.see("the chat with carol is handed to dana")
            #expect(try await carol.screen().text.contains("she knows feet") == false)

            try await dana.line("/hold")
            try await carol.see("Help: dana has put you on hold")
            try await dana.line("/resume")
            try await carol.see("Help: dana answers")

            // The participant may end it, too, and need not rate it.
            try await carol.line("/end it is better now")
            try await dana.see("carol ended this chat: it is better now")
            try await carol.line("/rate no")
            try await carol.lose("How was the chat")

            // Refused words stay in the line to be mended.
            try await ana.line("/take 7")
            try await ana.see("› /take 7")
            try await ana.press("C-u")
            try await ana.line("/take bob")
            try await ana.see("&bob", "my hat, it is red")
            try await ana.line("/requeue my shift is over")
            try await bob.see("Help: you are next")
            for pane in [ana, dana, bob, carol] {
                #expect(pane.output.violations == [])
                try await pane.press("C-q")
                try await pane.end(0)
            }
        }

        @Test func `an administrator sees people and grants, and says twice what many would notice`() async throws {
            let stage = try await TerminalStage.start()
            _ = try await stage.prepareEvent(organizers: ["ana"])
            _ = try await stage.world.administer(.giveGrant, GrantDraft(account: "ana", role: .superAdmin))
            try await stage.register("bob")
            let ana = try await stage.chat("ana", width: 80, height: 24)
            try await ana.line("/people bob")
            try await ana.see("People with 'bob'", "person")
            try await ana.press("Enter")
            try await ana.see("What bob may do", "no grants")
            try await ana.line("/grant bob auditor platform")
            try await ana.see("auditor", "everywhere")
            try await ana.press("d")
            try await ana.see("d again does it")
            try await ana.press("d")
            try await ana.see("no grants")

            try await ana.line("/agencies")
            try await ana.see("nordlys", "approved")
            try await ana.press("x")
            try await ana.see("/suspend nordlys")
            try await ana.line("the fees")
            try await ana.see("the same line again does it")
            try await ana.press("Enter")
            try await ana.see("nordlys is suspended")
            try await ana.press("a")
            try await ana.see("nordlys is approved")

            // An invitation by name opens a channel with a secret to that person.
            // One page after the other, back to the conversation; an Escape right before another key would be Alt and that key.
            try await ana.press("Escape")
            try await ana.see("What bob may do")
            try await ana.press("Escape")
            try await ana.see("People with 'bob'")
            try await ana.press("Escape")
            try await ana.lose("People with 'bob'")
            try await ana.line("/create #crew")
            try await ana.see("#crew", "ana made this channel")
            let bob = try await stage.chat("bob", width: 80, height: 24)
            try await ana.line("/invite bob")
            try await ana.see("bob is invited to #crew")
            try await bob.see("ana invites you to #crew: /join #crew")
            try await bob.line("/join #crew")
            try await ana.see("bob joined")
            try await ana.line("/timeout bob 10m calm down")
            try await ana.see("bob reads and says nothing until")
            try await bob.see("you are muted in #crew until")
            try await ana.line("/sanctions")
            try await ana.see("Kept out or silent", "silent")
            try await ana.press("d", "d")
            try await bob.see("you are no longer muted in #crew")
        }
    }
}
