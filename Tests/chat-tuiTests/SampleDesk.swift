import ChatAPI
import ChatKit
import TerminalUI
import chat_tui

/// An event with its channels and its queue as models: of an organizer, and of a participant.
extension Sample {
    static let event = EventID(high: 0x0190_0000_0002_7000, low: 0x8000_0000_0000_0001)
    static let agency = AgencyID(high: 0x0190_0000_0003_7000, low: 0x8000_0000_0000_0001)
    static let queue = QueueID(high: 0x0190_0000_0004_7000, low: 0x8000_0000_0000_0001)
    static let eventGeneral = channel(11)
    static let announcements = channel(12)
    static let staff = channel(13)
    static let chatChannel = channel(14)
    static let chatID: ChatID = chatChannel.retyped()
    static let dana = id(4)

    static func request(_ number: UInt64) -> RequestID {
        RequestID(high: 0x0190_0000_0005_7000, low: 0x8000_0000_0000_0000 | number)
    }

    static func spaceChannel(_ id: ChannelID, _ name: String, _ kind: ChannelKind = .text) -> Channel {
        var made = channel(id, name)
        made.kind = kind
        made.space = .event(event)
        made.spaceName = "devconf"
        return made
    }

    static var helpQueue: Queue {
        Queue(
            id: queue,
            agency: agency,
            event: event,
            name: "help",
            topics: [
                Topic(key: "medical", title: "Somebody is hurt", priority: 5),
                Topic(key: "lost", title: "Lost and found"),
            ],
            policy: QueuePolicy(),
            sla: SLAPolicy(firstAnswerMs: 300_000),
            isOpen: true,
            waiting: 3,
            version: 1,
            createdAt: now
        )
    }

    static func waiting(
        _ number: UInt64,
        _ who: AccountID,
        _ name: String,
        topic: String? = nil,
        _ text: String,
        minutes: Int64,
        priority: Int = 0
    ) -> ChatRequest {
        var request = ChatRequest(
            id: Self.request(number),
            queue: queue,
            event: event,
            participant: who,
            participantName: name,
            topic: topic,
            texts: [text],
            location: nil,
            priority: priority,
            state: .queued,
            createdAt: now - minutes * 60_000
        )
        request.firstAnswerDueAt = request.createdAt + 300_000
        return request
    }

    static var board: QueueBoard {
        var held = waiting(3, id(7), "山田太郎", topic: "lost", "財布を失くしました。青い財布です", minutes: 1)
        held.state = .claimed
        held.claim = Claim(by: dana, name: "dana", until: now + 45_000, token: nil, isOffer: false)
        let organizers = [ana, dana].map {
            Organizer(
                account: $0,
                name: $0 == ana ? "ana" : "dana",
                isPresent: true,
                isAway: false,
                accepts: .off,
                openChats: 0,
                capacity: 5,
                skills: []
            )
        }
        return QueueBoard(
            queue: helpQueue,
            requests: [
                waiting(
                    1,
                    carol,
                    "carol",
                    topic: "medical",
                    "I fell at gate 3 and cannot walk",
                    minutes: 7,
                    priority: 5
                ),
                waiting(2, id(6), "eve", "Where is the 👩‍🚀 talk?", minutes: 2), held,
            ],
            organizers: organizers,
            head: 40
        )
    }

    static func chat(_ state: ChatState = .open, minutes: Int64 = 4) -> Chat {
        var chat = Chat(
            id: chatID,
            channel: chatChannel,
            request: request(1),
            queue: queue,
            event: event,
            participant: carol,
            participantName: "carol",
            organizer: ana,
            organizerName: "ana",
            topic: "medical",
            state: state,
            startedAt: now - minutes * 60_000,
            lastMessageAt: now - 60_000
        )
        chat.clocks = [SLAClock(kind: .firstAnswer, dueAt: now + 90_000, state: .running)]
        if state.isOver { chat.endedAt = now - 30_000 }
        return chat
    }

    static var notes: [ChatNote] {
        [
            ChatNote(seq: 1, by: dana, name: "dana", at: now - 200_000, text: "knows the first-aid tent"),
            ChatNote(seq: 2, by: ana, name: "ana", at: now - 100_000, text: "called 救護班, they are on their way"),
        ]
    }

    /// Joined to the event; what the daemon answers is put in.
    private static func atEvent(_ size: Size, as me: AccountID, _ name: String, withChat: Bool) -> Model {
        var model = Model(
            serverName: "unix:/run/chatd/chatd.sock",
            profileName: "default",
            size: size,
            now: now,
            zone: .fixed(0)
        )
        var opening = CachedOpening()
        opening.account = account(me, name)
        opening.accounts = [
            account(ana, "ana"), account(bob, "bob"), account(carol, "carol"), account(dana, "dana"),
            account(id(6), "eve"),
        ]
        var chat = channel(chatChannel, nil, people: [ana, carol], head: 3)
        chat.kind = .chat
        var channels = [
            spaceChannel(eventGeneral, "general"), spaceChannel(announcements, "announcements", .announce),
            channel(general, "general", head: 0),
        ]
        if me == ana { channels.append(spaceChannel(staff, "staff", .staff)) }
        if withChat { channels.append(chat) }
        opening.channels = channels.map {
            JoinedChannel(channel: $0, unread: Unread(channel: $0.id, marker: 0, unread: 0, mentions: 0))
        }
        _ = update(&model, .clock(now))
        _ = update(&model, .opened(opening, outbox: []))
        for channel in channels where channel.id != chatChannel { _ = update(&model, .loaded(channel.id, Timeline())) }
        if withChat { _ = update(&model, .loaded(chatChannel, chatTimeline)) }
        _ = update(&model, .live([.state(.connecting), .state(.live)]))
        return model
    }

    static var chatTimeline: Timeline {
        var timeline = Timeline(limit: Room.entryLimit)
        timeline.begin(at: 1)
        var started = entry(.chat, 1, ana, in: chatChannel)
        started.chat = ChatNews(
            id: chatID,
            queue: queue,
            action: "start",
            state: .open,
            participant: carol,
            organizer: ana
        )
        started.at = now - 240_000
        timeline.apply([
            started, message(2, carol, "I fell at gate 3 and cannot walk", in: chatChannel, minutesAgo: 4),
            message(3, ana, "Stay where you are, help comes.", in: chatChannel, minutesAgo: 3),
        ])
        return timeline
    }

    static func organizer(_ size: Size = Size(width: 80, height: 24), withChat: Bool = false) -> Model {
        var model = atEvent(size, as: ana, "ana", withChat: withChat)
        model.capabilities = [.own, .read, .post, .handleRequests, .manageEvents, .manageIssues, .announce]
        let counters = QueueCounters(queue: queue, name: "help", waiting: 3, unattended: 0, oldestAt: now - 420_000)
        let availability = Availability(accepts: .off, isAway: false, capacity: 5, skills: [], queues: [counters])
        answer(
            &model,
            .standing(isOrganizer: true),
            .standing([], withChat ? [chat()] : [], [helpQueue], availability)
        )
        answer(
            &model,
            .replies,
            .replies([
                CannedReply(
                    id: ReplyID(high: 1, low: 1),
                    scope: "own",
                    key: "aid",
                    text: "First aid is at gate 2, {{participant}}.",
                    changedAt: now
                )
            ])
        )
        return model
    }

    static func participant(
        _ size: Size = Size(width: 80, height: 24),
        _ request: ChatRequest? = nil,
        _ chat: Chat? = nil
    ) -> Model {
        var model = atEvent(size, as: carol, "carol", withChat: chat != nil)
        model.capabilities = [.own, .read, .post, .join, .askForHelp]
        answer(
            &model,
            .standing(isOrganizer: false),
            .standing(request.map { [$0] } ?? [], chat.map { [$0] } ?? [], [helpQueue], nil)
        )
        return model
    }

    @discardableResult
    static func answer(_ model: inout Model, _ request: HelpRequest, _ reply: HelpReply) -> [Effect] {
        update(&model, .answered(.help(request), .success(.help(reply))))
    }

    @discardableResult
    static func answer(_ model: inout Model, _ request: PlaceRequest, _ reply: PlaceReply) -> [Effect] {
        update(&model, .answered(.place(request), .success(.place(reply))))
    }

    static func refuse(_ model: inout Model, _ request: HelpRequest, _ error: APIError) {
        _ = update(&model, .answered(.help(request), .failure(error)))
    }

    static func news(_ number: UInt64, _ action: String, _ state: RequestState, by organizer: AccountID? = nil)
        -> RequestNews
    {
        var news = RequestNews(
            id: request(number),
            queue: queue,
            action: action,
            state: state,
            participant: carol,
            topic: nil,
            priority: 0,
            createdAt: now
        )
        news.organizer = organizer
        if state == .claimed { news.until = now + 60_000 }
        if state == .inChat { news.chat = chatID }
        return news
    }

    /// An entry of the queue's log.
    static func queueEntry(_ seq: Int64, _ news: RequestNews) -> LiveEvent {
        var entry = Entry(kind: .request, channel: nil, seq: seq, by: news.organizer ?? carol, at: now)
        entry.queue = queue
        entry.request = news
        return .entries(log: LogName.queue(queue), [entry])
    }

    static func ownEntry(_ seq: Int64, _ news: RequestNews) -> LiveEvent {
        var entry = Entry(kind: .request, channel: nil, seq: seq, by: news.organizer ?? carol, at: now)
        entry.request = news
        return .entries(log: LogName.me, [entry])
    }

    static func sampleEvent(_ slug: String, _ name: String, _ state: EventState, phase: EventPhase? = nil) -> Event {
        Event(
            id: event,
            agency: agency,
            agencySlug: "nordlys",
            slug: slug,
            name: name,
            description: "Three days about what runs in terminals.",
            state: state,
            phase: phase,
            startsAt: now,
            endsAt: now + 3 * 86_400_000,
            zone: "Europe/Oslo",
            starts: "2026-11-21T09:00",
            ends: "2026-11-23T18:00",
            place: EventPlace(name: "Sentralen", address: "Øvre Slottsgate 3, Oslo"),
            capacity: 300,
            registration: .open,
            offerMinutes: 60,
            guests: true,
            participantChannels: true,
            registered: 212,
            waiting: 0,
            createdAt: now,
            version: 1
        )
    }
}

extension [Effect] {
    var help: [HelpRequest] { requests.compactMap { if case .help(let request) = $0 { request } else { nil } } }
    var place: [PlaceRequest] { requests.compactMap { if case .place(let request) = $0 { request } else { nil } } }
}
