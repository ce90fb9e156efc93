/// The community of `make demo`: who is in it, and what they said over four days. Data only; `DemoSeed` plays it.
///
/// A line of the story is `DAY TIME CHANNEL WHO [LABEL] >LABEL TEXT`. DAY is days ago and TIME an hour of that day, or `today`
/// and minutes ago. LABEL names the message for later lines, `>LABEL` answers it. `@WHO` as the channel is a direct
/// conversation. Lines that start with `+` are about the message before: `+ EMOJI WHO…`, `+ pin`, `+ edit TEXT`,
/// `+ read WHO…`.
enum DemoStory {
    struct Person {
        let name: String
        let displayName: String
        let status: String?
        let about: String
    }

    /// The account that the visitor gets.
    static let visitor = "you"
    static let bot = "lamp"

    static let people = [
        Person(name: "ana", displayName: "Ana Duarte", status: "on site from ten", about: "Keeps the fair together."),
        Person(name: "bo", displayName: "Bo Lindqvist", status: nil, about: "Sound, cables, more cables."),
        Person(name: "chidi", displayName: "Chidi Okafor", status: "soldering", about: "Badges and small electronics."),
        Person(name: "elif", displayName: "Elif Yılmaz", status: nil, about: "Paints what does not move fast enough."),
        Person(name: "goro", displayName: "悟郎", status: "in the kitchen", about: "Feeds everybody."),
        Person(name: "hana", displayName: "Hana Veselá", status: nil, about: "Volunteers' desk."),
        Person(name: "ravi", displayName: "Ravi Menon", status: "night shift", about: "Keeps the servers warm."),
        Person(name: "zoe", displayName: "Zoé Lambert", status: "back on Monday", about: "Talks and the programme."),
    ]

    static let channels: [(name: String, topic: String, founder: String)] = [
        ("fair", "The spring fair: Saturday and Sunday, doors at ten", "ana"),
        ("programme", "Talks, workshops, who speaks where", "zoe"),
        ("workshop", "Badges, printers, anything with a soldering iron", "chidi"),
        ("kitchen", "What there is to eat, and who cooks it", "goro"),
        ("ops", "Power, network, the server in the cellar", "ravi"),
    ]

    static let story = """
        3 09:02 general ana Good morning! Three days to the spring fair. Everything that has to be done is in #fair, please look.
        3 09:04 general goro Morning. Coffee is ready, the good one ☕
        + ☕ ana bo chidi elif
        3 09:06 general elif The poster dried overnight. I will hang it at the entrance before lunch.
        + 🎉 ana hana goro
        3 09:15 general hana Welcome @you! New here since today. Ask anything, nobody bites before eleven.
        + 👋 ana bo chidi elif goro ravi zoe
        3 09:20 fair ana [plan] The plan: Friday 16:00 we set up, Saturday 10:00 doors, Sunday 18:00 we take it all down. Who can drive the van on Friday?
        + pin
        3 09:22 fair bo >plan I can drive. The van needs petrol though.
        3 09:23 fair ana >plan Thank you Bo. Receipt to me, please.
        + 👍 bo
        3 09:31 fair hana We have 24 volunteers signed up, 30 would be comfortable.
        3 09:34 fair zoe I will ask the school again. Last year they sent nine people and all of them came back the next day.
        3 09:40 workshop chidi [badge] First badge of the new series works: it blinks, it knows its name, and it costs 2.10 a piece.
        + 🔥 bo elif ravi
        + pin
        3 09:42 workshop ravi >badge What does it run on?
        3 09:43 workshop chidi >badge A coin cell. Three weeks if you leave it blinking, a year if you do not.
        3 09:44 workshop elif Can I paint the boards before you solder them?
        3 09:46 workshop chidi Front side yes, keep the pads free. I will send you a drawing.
        3 10:10 kitchen goro [menu] Saturday: miso soup, rice balls, a vegetable curry. Sunday: what is left, and pancakes.
        + 😋 ana chidi hana zoe
        + pin
        3 10:12 kitchen zoe >menu Is the curry without nuts this time?
        3 10:13 kitchen goro >menu Without nuts. The satay sauce has its own pot with a red lid.
        3 10:15 kitchen hana I write that on the sign, thank you.
        3 11:00 programme zoe [talks] Programme so far: 11:00 "A radio from scrap", 13:00 "Sketching in the terminal", 15:00 "Repair café", 17:00 open stage.
        + pin
        3 11:04 programme elif >talks I would like twenty minutes for drawing together, on the big screen. The 13:00 talk and I could share.
        3 11:05 programme zoe >talks Perfect. You two sort out who holds the pen.
        + ✏️ elif
        3 11:30 ops ravi Maintenance tonight at 23:00: new disk for the server in the cellar. Ten minutes, messages wait for you.
        3 11:31 ops bo Do we still have the old one? I need a paperweight.
        + 😂 ravi chidi
        3 23:00 ops ravi Going down now.
        3 23:07 ops ravi And back. Seven minutes, and nothing that was sent before is missing. I checked.
        + 👏 ana zoe hana
        2 08:50 general ana Morning everybody. @all setup is on Friday at 16:00, please write here if you come later.
        + ✅ bo chidi elif goro hana zoe
        2 08:55 general chidi I come at 17:00, the boards arrive at half past four.
        2 08:58 general ana Fine. We keep you a table with light.
        2 09:10 fair bo [power] The hall has two circuits of 16 A. Kitchen and stage must not be on the same one.
        2 09:12 fair goro >power The big rice cooker takes 9 A alone.
        2 09:14 fair bo >power Then stage gets circuit B and nothing else. I mark the sockets: red is kitchen, blue is stage.
        + pin
        + 👍 ana goro ravi
        2 09:40 fair hana 27 volunteers now. The school answered: four for sure, two maybe.
        2 10:05 workshop ravi I wrote a small test jig for the badges. It says green or it says why not.
        2 10:06 workshop chidi You are the best. How long per badge?
        2 10:07 workshop ravi Two seconds, most of it waiting for the light.
        + 🚀 chidi
        2 10:30 workshop bo Printer two lost its calm again. Bed at 60°, first layer at half speed, then it behaves.
        2 12:15 kitchen goro Shopping list: 12 kg rice, 5 kg onions, 40 lemons, all the parsley you can carry.
        2 12:20 kitchen ana The market has lemons for half the price on Thursdays. I go there anyway.
        + 🍋 goro
        2 14:00 programme zoe Speaker for the radio talk confirmed. She brings a transmitter, and she promised not to switch it on.
        + 📻 ravi bo
        2 14:05 programme ravi She may switch it on for exactly one minute, on the frequency I tell her.
        2 16:20 @ana ana Hi! Hana says you are new and that you like being asked. Would you take the information desk on Saturday from 14:00 to 16:00?
        2 16:24 @ana you Gladly. What do I have to know?
        2 16:26 @ana ana Where the toilets are, when the talks start, and that the answer to "is there Wi-Fi" is a smile.
        + 😄 you
        2 19:30 ops ravi The backup of tonight was restored on the spare machine, completely. Took four minutes.
        1 08:30 general goro Bread is in the oven. First come, first fed.
        + 🥖 ana chidi elif hana ravi
        1 08:41 general zoe I am on the train until noon, reachable here.
        1 09:00 fair ana [list] Open points: ropes for the banner, a second extension reel, change for the till. Who has what?
        1 09:02 fair bo >list Two reels, 50 m each.
        1 09:05 fair elif >list I have ropes, and an opinion about knots.
        1 09:09 fair hana >list The bank gives us change tomorrow at nine, in small coins.
        + 🪙 ana
        1 10:15 workshop chidi 60 of 120 badges done, 58 green. The two others had a solder bridge, both saved.
        + 💪 elif ravi bo
        1 10:18 workshop elif The first twenty are painted. Number 7 has a cat on it. Nobody gets number 7.
        1 10:19 workshop hana I would like to register my interest in number 7.
        + 🐈 elif chidi zoe
        1 11:40 kitchen goro Tasting at 18:00 for whoever is here. I need honest people.
        1 11:42 kitchen bo I am honest and I am hungry.
        1 13:00 programme zoe [order] Small change: open stage is at 17:30, the repair café needs the half hour.
        + read you
        1 13:02 programme elif >order Good, then the paint is dry as well.
        1 15:20 fair elif Knots are done: the banner hangs and it hangs straight.
        + read you
        + 😍 ana hana zoe
        1 15:25 fair ana It is beautiful, Elif. Thank you.
        1 18:40 kitchen bo Honest verdict: more lemon in the soup, do not touch the curry.
        + read you
        + 🙏 goro
        1 20:10 workshop ravi Jig is in the drawer under bench two, with a note on how to use it.
        + read you
        1 22:30 ops ravi Two access points in the hall, one in the yard. Channel plan is on the wall behind the stage.
        + read you
        today 190 general hana Good morning! 31 volunteers. I did not think I would write that number this year.
        + 🎉 ana bo chidi elif goro zoe
        + read you
        today 184 general ana Thirty-one! Cake for the volunteers' desk.
        today 150 workshop chidi 118 green, 2 in repair. We are done before lunch, I can hardly believe it.
        + 🎆 ravi elif bo
        today 142 programme zoe I am back. Printed programmes are at the desk, 200 pieces, folded by hand. My hands say hello.
        today 131 fair bo Van is full of petrol. I start loading at three.
        today 128 fair hana @you the desk has a name tag for you, and a chair that does not wobble.
        today 95 kitchen goro Curry base is cooking. The smell is now policy.
        + 🤤 elif hana chidi
        today 80 ops ravi All green: 3 access points, 2 printers, 1 server. Load is laughable.
        today 61 general elif Who took the blue gaffer tape? The blue one. You know who you are.
        today 60 general bo It was the stage. The stage took it.
        + 😂 ana chidi hana zoe ravi
        today 44 fair ana [last] Last call before setup: anybody who needs a lift at 15:30, tell Bo now.
        today 41 fair chidi >last Me, with two boxes of badges. They are light, I promise.
        today 40 fair bo >last Two boxes is fine. Four would be a conversation.
        today 27 @ana ana Are you coming to the setup today? I would show you the desk before it gets loud.
        today 19 general zoe @you there is a seat left in the front row for the 13:00 talk, shall I keep it for you?
        today 12 workshop elif Number 7 is mine. I just wanted that written down somewhere durable.
        + 🐈 chidi hana
        + edit Number 7 is mine, by the way. I just wanted that written down somewhere durable.
        today 6 general goro Soup is ready for whoever is in the house. It has more lemon now.
        today 2 general ana See you all at four. This is going to be a good one.
        + ❤️ elif goro hana
        """
}
