import ChatAPI

/// The JSON of what logs say about the help desk, written by hand: it is made once per entry and sent to everyone.
extension PushCoding {
    static func write(_ news: RequestNews, to json: inout JSONWriter) {
        json.openObject()
        json.key("id")
        json.value(news.id)
        json.key("queue")
        json.value(news.queue)
        json.key("action")
        json.value(news.action)
        json.key("state")
        json.value(news.state.rawValue)
        json.key("participant")
        json.value(news.participant)
        if let topic = news.topic {
            json.key("topic")
            json.value(topic)
        }
        json.key("priority")
        json.value(Int64(news.priority))
        json.key("createdAt")
        json.value(news.createdAt)
        if let organizer = news.organizer {
            json.key("organizer")
            json.value(organizer)
        }
        if let until = news.until {
            json.key("until")
            json.value(until)
        }
        if let chat = news.chat {
            json.key("chat")
            json.value(chat)
        }
        if let reason = news.reason {
            json.key("reason")
            json.value(reason)
        }
        if let position = news.position {
            json.key("position")
            json.value(Int64(position))
        }
        if let token = news.token {
            json.key("token")
            json.value(token)
        }
        json.closeObject()
    }

    static func write(_ news: ChatNews, to json: inout JSONWriter) {
        json.openObject()
        json.key("id")
        json.value(news.id)
        json.key("queue")
        json.value(news.queue)
        json.key("action")
        json.value(news.action)
        json.key("state")
        json.value(news.state.rawValue)
        json.key("participant")
        json.value(news.participant)
        if let organizer = news.organizer {
            json.key("organizer")
            json.value(organizer)
        }
        if let reason = news.reason {
            json.key("reason")
            json.value(reason)
        }
        if let stars = news.stars {
            json.key("stars")
            json.value(Int64(stars))
        }
        if let clock = news.clock {
            json.key("clock")
            json.value(clock.rawValue)
        }
        json.closeObject()
    }

    /// What of an entry belongs to the help desk, in the order of its members.
    static func writeDesk(_ entry: Entry, to json: inout JSONWriter) {
        if let location = entry.location {
            json.key("location")
            json.raw(Coding.encode(location))
        }
        if let queue = entry.queue {
            json.key("queue")
            json.value(queue)
        }
        if let request = entry.request {
            json.key("request")
            write(request, to: &json)
        }
        if let chat = entry.chat {
            json.key("chat")
            write(chat, to: &json)
        }
        if let counters = entry.counters {
            json.key("counters")
            json.raw(Coding.encode(counters))
        }
    }
}
