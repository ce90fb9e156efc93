import ChatAPI
import ChatTestKit
import Testing

/// What may be a name, and which names are too alike.
@Suite struct NamesTests {
    @Test(arguments: [
        ("Ana", "ana"), ("ÉMILE", "émile"), ("e\u{301}mile", "ÉMILE"), ("STRASSE", "straße"), ("Ωmega", "ωmega"),
        ("Ж2", "ж2"), ("A\u{30A}sa", "Åsa"), ("q\u{323}\u{307}", "q\u{307}\u{323}"),
    ])
    func `one name in two spellings folds to one`(_ left: String, _ right: String) {
        #expect(Array(Names.fold(left).utf8) == Array(Names.fold(right).utf8))
    }

    @Test(arguments: [("ana", "anna"), ("jose", "josé"), ("a-b", "a_b"), ("neil", "nell"), ("o", "ö")])
    func `two names stay two`(_ left: String, _ right: String) {
        #expect(Names.fold(left) != Names.fold(right))
        #expect(Names.look(left) != Names.look(right))
    }

    @Test(arguments: [
        // Cyrillic, Greek, Armenian and Latin letters; digits; pairs.
        ("paypal", "раураl"), ("ana", "аnа"), ("oscar", "оsсаr"), ("paul", "pauI"), ("paul", "pau1"), ("bob", "b0b"),
        ("tom", "torn"), ("willow", "vvillovv"), ("mia", "rnia"), ("hope", "hоре"),
        ("one", "οne"), ("soon", "s00n"), ("uno", "սno"), ("jo", "ϳо"),
    ])
    func `what looks alike is alike`(_ left: String, _ right: String) {
        #expect(Names.look(left) == Names.look(right))
        #expect(Names.fold(left) != Names.fold(right))
    }

    @Test func `names with one fold have one look, whatever their case, unless a capital I or L decides`() {
        for name in ["ana", "Émile", "ЖЕНЯ", "straße", "b0b", "w0rm"] {
            #expect(Names.look(name.lowercased()) == Names.look(Names.fold(name)))
        }
    }

    @Test(arguments: [UInt64.random(in: .min ... .max)])
    func `folding twice is folding once, and case never changes a fold`(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let blocks: [ClosedRange<UInt32>] = [
            0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0xC0...0x17F, 0x300...0x33F, 0x370...0x3FF, 0x400...0x4FF,
            0x530...0x58F,
            0x5D0...0x5EA, 0x620...0x64A, 0x900...0x97F, 0x1E00...0x1EFF, 0x10A0...0x10FF,
        ]
        for _ in 0..<3_000 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 2...8, using: &generator) {
                let block = blocks[Int.random(in: 0..<blocks.count, using: &generator)]
                if let scalar = Unicode.Scalar(UInt32.random(in: block, using: &generator)) { scalars.append(scalar) }
            }
            let name = String(scalars)
            guard (try? Names.check(name)) != nil else { continue }
            let fold = Names.fold(name)
            #expect(Array(Names.fold(fold).utf8) == Array(fold.utf8), "seed \(seed): \(name)")
            #expect(Array(Names.look(Names.look(name)).utf8) == Array(Names.look(name).utf8), "seed \(seed): \(name)")
            for scalar in name.unicodeScalars where scalar.properties.lowercaseMapping.unicodeScalars.count == 1 {
                let lower = Names.fold(scalar.properties.lowercaseMapping)
                #expect(Names.fold(String(scalar)) == lower, "seed \(seed): \(scalar)")
            }
        }
    }

    @Test(arguments: [
        "ab", "ana", "Ana_2", "j.doe", "x-1", "émile", "名前", "이름", "мария", "محمد", "नमस्ते", "สมชาย",
        "a2345678901234567890123456789012", "a_",
    ])
    func `a name may hold letters, marks and digits of any script`(_ name: String) throws {
        try Names.check(name)
    }

    @Test(arguments: [
        ("", "has 0 characters"), ("a", "has 1 character;"), (String(repeating: "a", count: 33), "has 33 characters"),
        ("a b", "holds U+0020"), ("a\u{7}b", "holds U+0007"), ("ana!", "holds U+0021"), ("a@b", "holds U+0040"),
        ("-ana", "begin with"), (".ana", "begin with"), ("_ana", "begin with"), ("ana-", "end with"),
        ("ana.", "end with"),
        ("a\u{200B}na", "holds U+200B"), ("a\u{202E}na", "holds U+202E"), ("ａｎａ", "holds U+FF41"),
        ("𝐚𝐧𝐚", "holds U+1D41A"), ("an\u{E0041}a", "holds U+E0041"), ("\u{115F}ana", "holds U+115F"),
        ("ana😀", "holds U+1F600"), ("a\u{301}\u{301}\u{301}\u{301}\u{301}b", "marks"), ("\u{301}ana", "begin with"),
        (String(repeating: "a", count: 5_000), "bytes long"), ("ﬁona", "holds U+FB01"),
    ])
    func `what a name may not be is named`(_ name: String, _ reason: String) {
        do {
            try Names.check(name)
            Issue.record("\(name) was accepted")
        } catch {
            #expect(error.code == .invalid)
            #expect(error.detail.contains(reason), "\(error.detail)")
        }
    }

    @Test(arguments: ["all", "ALL", "here", "me", "system", "deleted", "Ме", "sуstem", "a1l", "local-root", "Local-x"])
    func `words with a meaning are nobody's name`(_ name: String) {
        #expect(Names.reservation(name, byAdministrator: true) != nil)
    }

    @Test(arguments: ["admin", "Admin", "аdmin", "adrnin", "root", "r00t", "staff"])
    func `titles are given by administrators only`(_ name: String) {
        #expect(Names.reservation(name, byAdministrator: false) != nil)
        #expect(Names.reservation(name, byAdministrator: true) == nil)
    }

    @Test(arguments: ["ali", "eli", "mel", "allie", "heather", "systems", "rooter", "ana"])
    func `people's names are free`(_ name: String) {
        #expect(Names.reservation(name, byAdministrator: false) == nil)
    }
}
