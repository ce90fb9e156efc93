package import ChatAPI

/// The JSON of a push, written by hand: it is made once per entry and sent to everyone.
package enum PushCoding {
    package static func encode(_ entry: Entry) -> [UInt8] {
        var json = JSONWriter(reserving: 320 + (entry.text?.utf8.count ?? 0))
        write(entry, to: &json)
        return json.finish()
    }

    /// A page of history, as `Coding.encode` would say it, in the order of these members.
    package static func encode(_ page: EntryPage) -> [UInt8] {
        var json = JSONWriter(reserving: 256 + page.entries.count * 384)
        json.openObject()
        json.key("entries")
        json.openArray()
        for entry in page.entries { write(entry, to: &json) }
        json.closeArray()
        json.key("head")
        json.value(page.head)
        json.key("hasEarlier")
        json.value(page.hasEarlier)
        json.key("hasLater")
        json.value(page.hasLater)
        json.closeObject()
        return json.finish()
    }

    package static func write(_ entry: Entry, to json: inout JSONWriter) {
        json.openObject()
        json.key("push")
        json.value(entry.kind.rawValue)
        if let channel = entry.channel {
            json.key("channel")
            json.value(channel)
        }
        json.key("seq")
        json.value(entry.seq)
        json.key("by")
        json.value(entry.by)
        json.key("at")
        json.value(entry.at)
        if let cid = entry.cid {
            json.key("cid")
            json.value(cid)
        }
        if let text = entry.text {
            json.key("text")
            json.value(text)
        }
        writeReferences(entry, to: &json)
        writeCurrentForm(entry, to: &json)
        json.key("messagesSoFar")
        json.value(entry.messagesSoFar)
        json.key("broadcastsSoFar")
        json.value(entry.broadcastsSoFar)
        json.closeObject()
    }

    private static func writeReferences(_ entry: Entry, to json: inout JSONWriter) {
        if let replyTo = entry.replyTo {
            json.key("replyTo")
            json.value(replyTo)
        }
        if let target = entry.target {
            json.key("target")
            json.value(target)
        }
        writeDetail(entry, to: &json)
    }

    /// The members that have no column in table `entry`: the same bytes are stored and sent.
    static func writeDetail(_ entry: Entry, to json: inout JSONWriter) {
        if let emoji = entry.emoji {
            json.key("emoji")
            json.value(emoji)
        }
        if let account = entry.account {
            json.key("account")
            json.value(account)
        }
        if let role = entry.role {
            json.key("role")
            json.value(role.rawValue)
        }
        if let session = entry.session {
            json.key("session")
            json.value(session)
        }
        if let sketch = entry.sketch {
            json.key("sketch")
            json.value(sketch)
        }
        if let picture = entry.picture {
            json.key("picture")
            json.raw(Coding.encode(picture))
        }
        if let registers = entry.registers {
            json.key("registers")
            json.raw(Coding.encode(registers))
        }
        if let mentions = entry.mentions {
            json.key("mentions")
            json.openArray()
            for account in mentions { json.value(account) }
            json.closeArray()
        }
        if entry.mentionsAll == true {
            json.key("mentionsAll")
            json.value(true)
        }
        writeDesk(entry, to: &json)
    }

    private static func writeCurrentForm(_ entry: Entry, to json: inout JSONWriter) {
        if let rev = entry.rev {
            json.key("rev")
            json.value(rev)
        }
        if let editedAt = entry.editedAt {
            json.key("editedAt")
            json.value(editedAt)
        }
        if let redactedAt = entry.redactedAt {
            json.key("redactedAt")
            json.value(redactedAt)
        }
        if let reactions = entry.reactions {
            json.key("reactions")
            json.openArray()
            for reaction in reactions {
                json.openObject()
                json.key("emoji")
                json.value(reaction.emoji)
                json.key("by")
                json.openArray()
                for account in reaction.by { json.value(account) }
                json.closeArray()
                json.closeObject()
            }
            json.closeArray()
        }
        if entry.pinned == true {
            json.key("pinned")
            json.value(true)
        }
    }
}
