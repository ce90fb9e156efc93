package import ChatAPI

/// A workflow as a table: from a state, by an action, under a guard, to a state, with effects. One engine runs them all.
///
/// Pure: it says what would happen. Whoever asks stores the new state and carries out the effects in one transaction.
package struct Machine<State, Action, Facts, Effect: Sendable>: Sendable
where State: WireEnum, Action: WireEnum {
    /// Who may, and when: a name for refusals and documentation, and the question.
    package struct Guard: Sendable {
        /// Completes "it takes …": `an admin of the channel`.
        package let name: String
        let holds: @Sendable (Facts) -> Bool

        package init(_ name: String, _ holds: @escaping @Sendable (Facts) -> Bool) {
            self.name = name
            self.holds = holds
        }
    }

    package struct Row: Sendable {
        package let from: Set<State>
        package let action: Action
        /// Nil: whoever got this far.
        package let by: Guard?
        package let to: State
        package let effects: [Effect]

        package init(_ from: State..., action: Action, by: Guard? = nil, to: State, effects: [Effect] = []) {
            self.from = Set(from)
            self.action = action
            self.by = by
            self.to = to
            self.effects = effects
        }
    }

    /// What an action leads to.
    package struct Step: Sendable {
        package let to: State
        package let effects: [Effect]
    }

    package let name: String
    package let rows: [Row]

    /// - Parameter name: what it is a workflow of, for sentences: `request`.
    package init(_ name: String, _ rows: [Row]) {
        self.name = name
        self.rows = rows
    }

    /// The step that an action takes, or why it does not, with `from`, `action` and what is allowed: no row leads from
    /// here (`invalid_transition`), or rows do and none is for this caller (`forbidden`).
    package func step(from state: State, _ action: Action, _ facts: Facts) throws(APIError) -> Step {
        let candidates = rows.filter { $0.action == action && $0.from.contains(state) }
        if let row = candidates.first(where: { $0.by?.holds(facts) ?? true }) {
            return Step(to: row.to, effects: row.effects)
        }
        var refusal: APIError
        if let refused = candidates.first?.by {
            let what = "'\(action.rawValue)' on \(Article.before(name)) that is \(state.rawValue)"
            refusal = APIError(.forbidden, "\(what) takes \(refused.name)")
        } else {
            let what = "\(Article.before(name)) that is \(state.rawValue)"
            refusal = APIError(.invalidTransition, "\(what) does not take '\(action.rawValue)'")
        }
        (refusal.from, refusal.action) = (state.rawValue, action.rawValue)
        refusal.allowed = allowed(from: state, facts).map(\.rawValue)
        throw refusal
    }

    /// What this caller may do from here, in the order of the actions.
    package func allowed(from state: State, _ facts: Facts) -> [Action] {
        Action.words.filter { action in
            rows.contains { $0.action == action && $0.from.contains(state) && ($0.by?.holds(facts) ?? true) }
        }
    }

    /// Defects of the table itself, for its test: states that nothing reaches from the first, and rows that can never be
    /// taken because one without a guard stands before them.
    package func flaws(first: State) -> [String] {
        var reached: Set<State> = [first]
        var isGrowing = true
        while isGrowing {
            let next = reached.union(rows.filter { !$0.from.isDisjoint(with: reached) }.map(\.to))
            isGrowing = next.count > reached.count
            reached = next
        }
        var flaws = State.words.filter { !reached.contains($0) }.map { "\($0.rawValue) is never reached" }
        for (index, row) in rows.enumerated() {
            for state in row.from
            where rows[..<index].contains(where: { $0.by == nil && $0.action == row.action && $0.from.contains(state) })
            {
                flaws.append("\(state.rawValue), \(row.action.rawValue): row \(index + 1) is never taken")
            }
        }
        return flaws
    }
}
