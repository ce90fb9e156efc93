import ChatAPI
import ChatKit

/// A seed for one run of a property, printed when it fails; `PLAZA_SEED` of a failure is passed by hand to repeat it.
enum Seed {
    /// The seeds a property is tried with: some fixed ones, and fresh ones for what nobody thought of.
    static func some(_ count: Int) -> [UInt64] {
        (0..<count).map { $0 < count / 2 ? UInt64($0) + 1 : UInt64.random(in: 0 ... .max) }
    }
}

/// Ids that are easy to read in failures.
func account(_ number: Int) -> AccountID {
    AccountID(high: 0xA000_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
}
func channel(_ number: Int) -> ChannelID {
    ChannelID(high: 0xC000_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
}
func cid(_ number: Int) -> ClientID {
    ClientID(high: 0xD000_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64(number))
}

func message(_ seq: Int64, in channel: ChannelID, by author: AccountID = account(1), _ text: String) -> Entry {
    var entry = Entry(kind: .message, channel: channel, seq: seq, by: author, at: 1_000 + seq, messagesSoFar: seq)
    entry.text = text
    return entry
}
