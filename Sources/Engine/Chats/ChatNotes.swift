package import ChatAPI
import Storage

/// Private notes: written and read by the staff of a chat's queue. To the participant they do not exist.
extension Chats {
    package func note(_ draft: NoteDraft, _ call: Call) async throws -> ChatNote {
        try ChatRules.check(note: draft.text)
        let account = try call.caller.signedIn()
        let actor = try DeskActor.caller(call)
        return try await desk.database.perform(call, touching: [.channel(draft.chat.retyped())]) { tx in
            let caller = try call.callerNow(tx)
            let (chat, queue) = try Self.changeable(draft.chat, for: caller, tx)
            let rights = ChatView.rights(caller, of: chat, in: tx.place(of: queue))
            guard rights.isStaff || rights.isSupervisor else { throw Self.notesAreStaffs(rights, draft.chat) }
            _ = try tx.step(chat, .note, rights, by: actor)
            let seq = try ChatNoteStore.insert(draft.text, by: account, on: chat.id, at: call.now, tx)
            return ChatNote(seq: seq, by: account, name: call.caller.name, at: call.now, text: draft.text)
        }
    }

    package func notes(_ ref: ChatRef, _ call: Call) async throws -> Page<ChatNote> {
        let desk = desk
        return try await desk.database.read { tx in
            guard let chat = try ChatStore.chat(ref.chat, tx), let queue = try QueueStore.queue(chat.queue, tx) else {
                throw DeskRefusal.noChat(ref.chat)
            }
            let rights = ChatView.rights(call.caller, of: chat, in: desk.place(of: queue))
            guard rights.isStaff || rights.isSupervisor else { throw Self.notesAreStaffs(rights, ref.chat) }
            return Page(try ChatNoteStore.notes(of: chat.id, tx))
        }
    }

    private static func notesAreStaffs(_ rights: ChatMachine.Facts, _ chat: ChatID) -> APIError {
        rights.isParticipant
            ? APIError(.forbidden, "notes are written by those who handle the queue's requests")
            : DeskRefusal.noChat(chat)
    }
}
