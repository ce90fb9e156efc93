/// Ephemeral news in one place: only the newest value of each sender counts.
extension Ephemeral {
    package mutating func merge(_ newer: Ephemeral) {
        if let presence = newer.presence {
            var merged = self.presence ?? []
            for person in presence {
                if let index = merged.firstIndex(where: { $0.account == person.account }) {
                    merged[index] = person
                } else {
                    merged.append(person)
                }
            }
            self.presence = merged
        }
        let started = newer.typing ?? []
        let stopped = newer.stoppedTyping ?? []
        if !started.isEmpty || !stopped.isEmpty {
            let now = (typing ?? []).filter { !stopped.contains($0) && !started.contains($0) } + started
            let gone = (stoppedTyping ?? []).filter { !started.contains($0) && !stopped.contains($0) } + stopped
            typing = now.isEmpty ? nil : now
            stoppedTyping = gone.isEmpty ? nil : gone
        }
        if let online = newer.online { self.online = online }
        if let pointers = newer.pointers {
            var merged = self.pointers ?? []
            for person in pointers {
                if let index = merged.firstIndex(where: { $0.by == person.by }) {
                    merged[index] = person
                } else {
                    merged.append(person)
                }
            }
            self.pointers = merged
        }
        if let drawing = newer.drawing {
            let others = (self.drawing ?? []).filter { old in !drawing.contains { $0.sketch == old.sketch } }
            self.drawing = others + drawing
        }
    }
}

/// Ephemeral news without what some people show of themselves while they write and draw.
extension Ephemeral {
    package func shows(_ people: Set<AccountID>) -> Bool {
        (typing ?? []).contains(where: people.contains) || (stoppedTyping ?? []).contains(where: people.contains)
            || (pointers ?? []).contains { people.contains($0.by) }
    }

    /// Nil if nothing is left to tell.
    package func without(_ people: Set<AccountID>) -> Ephemeral? {
        func others(_ accounts: [AccountID]?) -> [AccountID]? {
            let others = (accounts ?? []).filter { !people.contains($0) }
            return others.isEmpty ? nil : others
        }
        var rest = self
        rest.typing = others(typing)
        rest.stoppedTyping = others(stoppedTyping)
        let pointers = (pointers ?? []).filter { !people.contains($0.by) }
        rest.pointers = pointers.isEmpty ? nil : pointers
        let isEmpty =
            rest.typing == nil && rest.stoppedTyping == nil && rest.pointers == nil && rest.presence == nil
            && rest.online == nil && rest.drawing == nil
        return isEmpty ? nil : rest
    }
}
