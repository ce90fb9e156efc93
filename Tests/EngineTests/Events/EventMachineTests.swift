import ChatAPI
import Engine
import Testing

/// The tables of agencies, events and registrations: every state, every action, every refusal.
@Suite("Event machines")
struct EventMachineTests {
    /// `state action outcome` for every pair; `-` is a refusal.
    @Test func `agencies`() throws {
        let table = """
            pending approve approved, pending suspend -, pending revoke revoked,
            approved approve -, approved suspend suspended, approved revoke revoked,
            suspended approve approved, suspended suspend -, suspended revoke revoked,
            revoked approve approved, revoked suspend -, revoked revoke -
            """
        #expect(Self.outcomes(AgencyRules.machine, ()) == Self.rows(table))
        #expect(AgencyRules.machine.flaws(first: .pending) == [])
    }

    @Test func `events`() throws {
        let table = """
            draft publish published, draft cancel -, draft archive -,
            published publish -, published cancel cancelled, published archive archived,
            cancelled publish -, cancelled cancel -, cancelled archive -,
            archived publish -, archived cancel -, archived archive -
            """
        #expect(Self.outcomes(EventRules.machine, ()) == Self.rows(table))
        #expect(EventRules.machine.flaws(first: .draft) == [])
    }

    @Test(arguments: [
        (
            true, false,
            """
            requested register -, requested approve registered, requested decline declined, requested offer -,
            requested accept -, requested lapse -, requested withdraw withdrawn,
            waiting register -, waiting approve -, waiting decline declined, waiting offer offered, waiting accept -,
            waiting lapse -, waiting withdraw withdrawn,
            offered register -, offered approve -, offered decline declined, offered offer -,
            offered accept registered, offered lapse lapsed, offered withdraw withdrawn,
            registered register -, registered approve -, registered decline declined, registered offer -,
            registered accept -, registered lapse -, registered withdraw withdrawn,
            declined register -, declined approve registered, declined decline -, declined offer -, declined accept -,
            declined lapse -, declined withdraw -,
            withdrawn register registered, withdrawn approve -, withdrawn decline -, withdrawn offer -,
            withdrawn accept -, withdrawn lapse -, withdrawn withdraw -,
            lapsed register registered, lapsed approve -, lapsed decline -, lapsed offer -, lapsed accept -,
            lapsed lapse -, lapsed withdraw -
            """
        ),
        (
            false, true,
            """
            requested register -, requested approve waiting, requested decline declined, requested offer -,
            requested accept -, requested lapse -, requested withdraw withdrawn,
            waiting register -, waiting approve -, waiting decline declined, waiting offer -, waiting accept -,
            waiting lapse -, waiting withdraw withdrawn,
            offered register -, offered approve -, offered decline declined, offered offer -,
            offered accept registered, offered lapse lapsed, offered withdraw withdrawn,
            registered register -, registered approve -, registered decline declined, registered offer -,
            registered accept -, registered lapse -, registered withdraw withdrawn,
            declined register -, declined approve waiting, declined decline -, declined offer -, declined accept -,
            declined lapse -, declined withdraw -,
            withdrawn register requested, withdrawn approve -, withdrawn decline -, withdrawn offer -,
            withdrawn accept -, withdrawn lapse -, withdrawn withdraw -,
            lapsed register requested, lapsed approve -, lapsed decline -, lapsed offer -, lapsed accept -,
            lapsed lapse -, lapsed withdraw -
            """
        ),
        (
            true, true,
            """
            requested register -, requested approve registered, requested decline declined, requested offer -,
            requested accept -, requested lapse -, requested withdraw withdrawn,
            waiting register -, waiting approve -, waiting decline declined, waiting offer offered, waiting accept -,
            waiting lapse -, waiting withdraw withdrawn,
            offered register -, offered approve -, offered decline declined, offered offer -,
            offered accept registered, offered lapse lapsed, offered withdraw withdrawn,
            registered register -, registered approve -, registered decline declined, registered offer -,
            registered accept -, registered lapse -, registered withdraw withdrawn,
            declined register -, declined approve registered, declined decline -, declined offer -, declined accept -,
            declined lapse -, declined withdraw -,
            withdrawn register requested, withdrawn approve -, withdrawn decline -, withdrawn offer -,
            withdrawn accept -, withdrawn lapse -, withdrawn withdraw -,
            lapsed register requested, lapsed approve -, lapsed decline -, lapsed offer -, lapsed accept -,
            lapsed lapse -, lapsed withdraw -
            """
        ),
        (
            false, false,
            """
            requested register -, requested approve waiting, requested decline declined, requested offer -,
            requested accept -, requested lapse -, requested withdraw withdrawn,
            waiting register -, waiting approve -, waiting decline declined, waiting offer -, waiting accept -,
            waiting lapse -, waiting withdraw withdrawn,
            offered register -, offered approve -, offered decline declined, offered offer -,
            offered accept registered, offered lapse lapsed, offered withdraw withdrawn,
            registered register -, registered approve -, registered decline declined, registered offer -,
            registered accept -, registered lapse -, registered withdraw withdrawn,
            declined register -, declined approve waiting, declined decline -, declined offer -, declined accept -,
            declined lapse -, declined withdraw -,
            withdrawn register waiting, withdrawn approve -, withdrawn decline -, withdrawn offer -,
            withdrawn accept -, withdrawn lapse -, withdrawn withdraw -,
            lapsed register waiting, lapsed approve -, lapsed decline -, lapsed offer -, lapsed accept -,
            lapsed lapse -, lapsed withdraw -
            """
        ),
    ])
    func `registrations`(_ hasPlace: Bool, _ needsApproval: Bool, _ table: String) throws {
        let facts = RegistrationRules.Facts(hasPlace: hasPlace, needsApproval: needsApproval)
        #expect(Self.outcomes(RegistrationRules.machine, facts) == Self.rows(table))
    }

    @Test func `nothing in the table of registrations is out of reach`() {
        // Whoever asks begins in one of three; the rest follows.
        let firsts = [(true, true), (true, false), (false, true), (false, false)].map { hasPlace, needsApproval in
            RegistrationRules.first(.init(hasPlace: hasPlace, needsApproval: needsApproval))
        }
        #expect(Set(firsts) == [.requested, .registered, .waiting])
        #expect(RegistrationRules.machine.flaws(first: .requested) == [])
    }

    private static func rows(_ table: String) -> [String] {
        table.split { $0 == "," || $0 == "\n" }
            .map { $0.drop { $0 == " " } }
            .filter { !$0.isEmpty }
            .map(String.init)
            .sorted()
    }

    private static func outcomes<State, Action, Facts, Effect>(
        _ machine: Machine<State, Action, Facts, Effect>,
        _ facts: Facts
    ) -> [String] {
        var outcomes: [String] = []
        for state in State.words {
            for action in Action.words {
                do throws(APIError) {
                    let step = try machine.step(from: state, action, facts)
                    outcomes.append("\(state.rawValue) \(action.rawValue) \(step.to.rawValue)")
                } catch {
                    outcomes.append("\(state.rawValue) \(action.rawValue) -")
                    #expect(error.code == .invalidTransition || error.code == .forbidden)
                    #expect(error.from == state.rawValue && error.action == action.rawValue)
                    #expect(error.allowed == machine.allowed(from: state, facts).map(\.rawValue))
                }
            }
        }
        return outcomes.sorted()
    }
}
