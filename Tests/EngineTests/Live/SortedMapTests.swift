import ChatTestKit
import Engine
import Testing

/// A map of few keys beside a dictionary.
@Suite struct SortedMapTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it holds what a dictionary holds, in the order of its keys`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var map = SortedMap<Int, Int>()
        var dictionary: [Int: Int] = [:]
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<40, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: #expect(map.removeValue(forKey: key) == dictionary.removeValue(forKey: key))
            case 1:
                map[key] = nil
                dictionary[key] = nil
            default:
                map[key] = step
                dictionary[key] = step
            }
            #expect(map[key] == dictionary[key] && map.count == dictionary.count)
            #expect(Array(map.keys) == dictionary.keys.sorted())
        }
        for key in 0..<40 { #expect(map[key] == dictionary[key]) }
    }
}
