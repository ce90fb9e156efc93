import Storage
import Testing

/// Values go in and come out unchanged, by name in and by column out.
struct ValueTests {
    static let select: SQL = "SELECT :value, typeof(:value)"
    static let pair: SQL = "SELECT :first - :second"
    static let outer: SQL = "SELECT value FROM json_each('[1,2,3]')"

    private func roundTrip<Value>(_ value: some Bindable, _ decode: (Row) -> Value) throws -> (Value, String) {
        let connection = try Connection(path: ":memory:")
        let found = try connection.first(Self.select) {
            $0.bind("value", value)
        } row: {
            (decode($0), $0.string(1))
        }
        return try #require(found)
    }

    @Test(arguments: [0, 1, -1, .max, .min] as [Int64]) func `integers`(_ value: Int64) throws {
        #expect(try roundTrip(value) { $0.int64(0) } == (value, "integer"))
        #expect(try roundTrip(Int(value)) { $0.int(0) } == (Int(value), "integer"))
    }

    @Test(arguments: ["", "a", "grüße 🎟️", "nul\0inside", String(repeating: "x", count: 100_000)])
    func `texts`(_ value: String) throws {
        #expect(try roundTrip(value) { $0.string(0) } == (value, "text"))
        #expect(try roundTrip(Optional(value)) { $0.optionalString(0) } == (value, "text"))
    }

    @Test(arguments: [[], [0], [0, 255, 0], Array(repeating: 7, count: 70_000)] as [[UInt8]])
    func `bytes`(_ value: [UInt8]) throws {
        #expect(try roundTrip(value) { $0.bytes(0) } == (value, "blob"))
        #expect(try roundTrip(Optional(value)) { $0.optionalBytes(0) } == (value, "blob"))
    }

    @Test func `the others`() throws {
        #expect(try roundTrip(true) { $0.bool(0) } == (true, "integer"))
        #expect(try roundTrip(false) { $0.optionalBool(0) } == (false, "integer"))
        #expect(try roundTrip(-0.1) { $0.double(0) } == (-0.1, "real"))
        let absent: (Int64?, String) = try roundTrip(Int64?.none) { $0.optionalInt64(0) }
        #expect(absent == (nil, "null"))
        #expect(try roundTrip(String?.none) { $0.isNull(0) } == (true, "null"))
    }

    @Test func `sixteen bytes are stored big-endian and read back whole`() throws {
        let value = DatabaseValue.sixteen(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
        #expect(try roundTrip(value) { $0.bytes(0) } == (Array(1...16), "blob"))
        let (pair, _) = try roundTrip(value) { $0.sixteen(0) }
        #expect(pair?.high == 0x0102_0304_0506_0708)
        #expect(pair?.low == 0x090A_0B0C_0D0E_0F10)
        #expect(try roundTrip([1, 2] as [UInt8]) { $0.sixteen(0) == nil } == (true, "blob"))
    }

    @Test func `names decide, not the order of binding`() throws {
        let connection = try Connection(path: ":memory:")
        let difference = try connection.first(Self.pair) {
            $0.bind("second", 2)
            $0.bind("first", 10)
        } row: {
            $0.int(0)
        }
        #expect(difference == 8)
    }

    @Test func `a statement may meet itself`() throws {
        let connection = try Connection(path: ":memory:")
        let pairs = try connection.all(Self.outer) { outer in
            try connection.all(Self.outer) { $0.int(0) + outer.int(0) * 10 }
        }
        #expect(pairs == [[11, 12, 13], [21, 22, 23], [31, 32, 33]])
    }

    @Test func `row by row stops when told`() throws {
        let connection = try Connection(path: ":memory:")
        var seen: [Int] = []
        try connection.each(Self.outer) {
            seen.append($0.int(0))
            return seen.count < 2
        }
        #expect(seen == [1, 2])
        #expect(try connection.first(Self.outer) { $0.int(0) } == 1)
    }

    @Test func `a double-quoted string is not a string`() throws {
        let connection = try Connection(path: ":memory:")
        #expect(throws: StorageError.statement(code: 1, message: "no such column: oops")) {
            try connection.execute("SELECT \"oops\"")
        }
    }

    @Test func `a wrong name stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = try Connection(path: ":memory:").first(ValueTests.select) {
                $0.bind("valve", 1)
            } row: {
                $0.int(0)
            }
        }
    }

    @Test func `a forgotten name stops the program`() async {
        await #expect(processExitsWith: .failure) {
            _ = try Connection(path: ":memory:").first(ValueTests.pair) {
                $0.bind("first", 1)
            } row: {
                $0.int(0)
            }
        }
    }

    @Test func `keys sort by kind, then by id`() {
        let keys = [
            RowKey(kind: "channel", high: 1, low: 2), RowKey(kind: "account", id: [9]),
            RowKey(kind: "channel", high: 1, low: 1), RowKey(kind: "channel", high: 0, low: 9),
            RowKey(kind: "account", high: 5, low: 5), RowKey(kind: "account", id: [1, 2]),
        ]
        #expect(keys.sorted() == [keys[4], keys[5], keys[1], keys[3], keys[2], keys[0]])
    }
}
