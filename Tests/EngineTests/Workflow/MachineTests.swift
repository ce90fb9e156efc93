import ChatAPI
import Engine
import Testing

/// The state-machine engine, on a small workflow: a door with a key.
@Suite("Machine")
struct MachineTests {
    private enum Door: String, WireEnum { case open, closed, locked, bricked }
    private enum Act: String, WireEnum { case open, close, lock, unlock, brick }
    private enum Effect: Sendable, Equatable { case creak, click }
    private typealias DoorMachine = Machine<Door, Act, Bool, Effect>

    private static let hasKey = DoorMachine.Guard("the key") { $0 }
    private static let door = DoorMachine(
        "door",
        [
            .init(.closed, action: .open, to: .open, effects: [.creak]),
            .init(.open, action: .close, to: .closed),
            .init(.closed, action: .lock, by: hasKey, to: .locked, effects: [.click]),
            .init(.locked, action: .unlock, by: hasKey, to: .closed, effects: [.click]),
            .init(.open, .closed, action: .brick, to: .bricked),
        ]
    )

    @Test(arguments: [
        ("closed", "open", false, "open"), ("open", "close", false, "closed"), ("closed", "lock", true, "locked"),
        ("closed", "lock", false, "forbidden: unlock is not offered"), ("locked", "unlock", true, "closed"),
        ("locked", "open", true, "invalid: unlock"), ("locked", "open", false, "invalid: "),
        ("bricked", "open", true, "invalid: "), ("open", "lock", true, "invalid: close brick"),
        ("closed", "brick", false, "bricked"), ("open", "brick", false, "bricked"),
    ])
    func `the table decides`(_ from: String, _ action: String, _ hasKey: Bool, _ outcome: String) throws {
        let state = try #require(Door(rawValue: from))
        let act = try #require(Act(rawValue: action))
        do throws(APIError) {
            let step = try Self.door.step(from: state, act, hasKey)
            #expect(step.to.rawValue == outcome)
        } catch {
            switch error.code {
            case .invalidTransition: #expect("invalid: \(error.allowed.joined(separator: " "))" == outcome)
            case .forbidden:
                #expect(outcome.hasPrefix("forbidden"))
                #expect(error.detail.contains("the key"))
                #expect(!error.allowed.contains(action))
            default: Issue.record("\(error)")
            }
        }
    }

    @Test func `effects belong to the row that was taken`() throws {
        #expect(try Self.door.step(from: .closed, .open, false).effects == [.creak])
        #expect(try Self.door.step(from: .locked, .unlock, true).effects == [.click])
        #expect(try Self.door.step(from: .open, .close, false).effects.isEmpty)
    }

    @Test func `the first row whose guard holds is taken`() throws {
        let machine = DoorMachine(
            "door",
            [
                .init(.closed, action: .open, by: Self.hasKey, to: .open),
                .init(.closed, action: .open, to: .bricked),
            ]
        )
        #expect(try machine.step(from: .closed, .open, true).to == .open)
        #expect(try machine.step(from: .closed, .open, false).to == .bricked)
    }

    @Test func `a table with defects names them`() {
        #expect(Self.door.flaws(first: .closed).isEmpty)
        let machine = DoorMachine(
            "door",
            [.init(.closed, action: .open, to: .open), .init(.closed, action: .open, by: Self.hasKey, to: .locked)]
        )
        #expect(machine.flaws(first: .closed) == ["bricked is never reached", "closed, open: row 2 is never taken"])
    }
}
