import Testing
import YAML

/// Documents and what they mean, or what is wrong with them and where.
struct YAMLParserTests {
    @Test(
        arguments: [
            ("", .null), ("~", .null), ("null", .null), ("# only a comment\n", .null), ("---\n...\n", .null),
            ("true", .bool(true)),
            ("False", .bool(false)), ("no", .string("no")), ("NO", .string("NO")), ("yes", .string("yes")),
            ("on", .string("on")),
            ("y", .string("y")), ("0", .int(0)), ("-17", .int(-17)), ("+5", .int(5)), ("0777", .int(777)),
            ("0o17", .int(15)),
            ("0xFf", .int(255)), ("0b1", .string("0b1")), ("0o8", .string("0o8")), ("0x", .string("0x")),
            ("-0x1", .string("-0x1")),
            ("1_000", .string("1_000")), ("12:30:45", .string("12:30:45")), ("2026-11-21", .string("2026-11-21")),
            ("1.5", .double(1.5)), (".5", .double(0.5)), ("-.5", .double(-0.5)), ("1.", .double(1)),
            ("1e3", .double(1000)),
            ("1.5E-3", .double(0.0015)), ("+1e+2", .double(100)), ("1e", .string("1e")), (".", .string(".")),
            ("-", .sequence([.null])),
            ("1.2.3", .string("1.2.3")), ("10.0.0.1", .string("10.0.0.1")), (".inf", .double(.infinity)),
            ("-.INF", .double(-.infinity)),
            (".nan", .double(.nan)), ("nan", .string("nan")), ("inf", .string("inf")),
            ("Infinity", .string("Infinity")),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)), ("'5'", .string("5")),
            ("\"true\"", .string("true")),
            ("! 5", .string("5")), ("!!str 5", .string("5")), ("!!float 5", .double(5)), ("!!int 5", .int(5)),
            ("!!null ''", .null),
            ("'it''s'", .string("it's")), ("\"a\\tb\\u00e9\\U0001F600\"", .string("a\tbé😀")),
            ("|\n  a\n   b\n\n  c\n", .string("a\n b\n\nc\n")),
            (">\n  a\n  b\n\n  c\n", .string("a b\nc\n")), ("|-\n  a\n", .string("a")), ("[]", .sequence([])),
            ("{}", .mapping([])),
            ("[1, a, [true]]", .sequence([.int(1), .string("a"), .sequence([.bool(true)])])),
            ("- 1\n-\n- b: c\n", .sequence([.int(1), .null, .mapping([YAMLEntry("b", .string("c"))])])),
            (
                "b: 1\na: 2\n1: 3\n",
                .mapping([YAMLEntry("b", .int(1)), YAMLEntry("a", .int(2)), YAMLEntry("1", .int(3))])
            ),
            ("\"<<\": 1", .mapping([YAMLEntry("<<", .int(1))])), ("\"\": 1", .mapping([YAMLEntry("", .int(1))])),
            ("\u{FEFF}a", .string("a")), ("a\r\n", .string("a")), ("%YAML 1.1\n---\na", .string("a")),
        ] as [(String, YAMLValue)]
    )
    func `a document means`(text: String, value: YAMLValue) throws {
        #expect(try YAMLValue(yaml: text) == value)
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3", #"line 3, column 1: the key "a" is already there in line 1"#),
        ("x:\n  - {k: 1, k: 2}", #"line 2, column 12: the key "k" is already there in line 2"#),
        ("a: &x 1\nb: *x", "line 1, column 4: the anchor &x is not accepted, because aliases are not"),
        ("- *y", "line 1, column 3: the alias *y is not accepted, write the value out"),
        ("- &l [1]", "line 1, column 3: the anchor &l is not accepted, because aliases are not"),
        ("- &l {a: 1}", "line 1, column 3: the anchor &l is not accepted, because aliases are not"),
        ("&k a: 1", "line 1, column 1: the anchor &k is not accepted, because aliases are not"),
        ("a:\n  <<: {b: 1}", "line 2, column 3: the merge key << is not accepted, write the keys out"),
        ("?\n: 1", "line 1, column 2: a key is missing before the colon"),
        ("? [a]\n: 1", "line 1, column 3: a key must be a word, not a list or a mapping"),
        ("a: 1\n---\nb: 2", "line 2, column 1: a second document begins here, only one is read"),
        (
            "n: 9223372036854775808",
            "line 1, column 4: the number 9223372036854775808 does not fit into 64 bits; put it in quotes if it is a text"
        ),
        ("!!int x", #"line 1, column 1: the tag tag:yaml.org,2002:int does not fit "x""#),
        ("!!binary aGk=", #"line 1, column 1: the tag tag:yaml.org,2002:binary does not fit "aGk=""#),
        ("!!set {a}", "line 1, column 1: the tag tag:yaml.org,2002:set is not accepted here"),
        ("a: b: c", "line 1, column 5: mapping values are not allowed in this context"),
        ("a: [1, 2", "line 2, column 1: while parsing a flow sequence: did not find expected ',' or ']'"),
        (
            "a:\n\t- b",
            "line 2, column 1: while scanning for the next token: found character that cannot start any token"
        ),
        ("a: \"x", "line 1, column 6: while scanning a quoted scalar: found unexpected end of stream"),
        ("a: 1\nb: \u{7}", "line 2, column 4: control characters are not allowed"),
    ])
    func `what is wrong is said with its place`(text: String, message: String) {
        let error = #expect(throws: YAMLError.self) { try YAMLValue(yaml: text) }
        #expect(error?.message == message)
    }

    @Test(
        arguments: [
            ([0x61, 0x3A, 0x20, 0xFF], 1, 4), ([0x61, 0x0A, 0xC3, 0xA9, 0xC3, 0x28], 2, 3),
            ([0x61, 0xED, 0xA0, 0x80], 1, 2),
            ([0x61, 0xF4, 0x90, 0x80, 0x80], 1, 2), ([0x00], 1, 1),
        ] as [([UInt8], Int, Int)]
    )
    func `bytes that are no text are refused at their place`(bytes: [UInt8], line: Int, column: Int) {
        let error = #expect(throws: YAMLError.self) { try YAMLValue(yaml: bytes) }
        #expect(error?.mark == YAMLMark(line: line, column: column))
    }

    @Test func `values know where they stood`() throws {
        let value = try YAMLValue(yaml: "a: 1\nb:\n  - x\n  - ü: [1, 2]\n")
        #expect(value["b"]?.sequence?[1]["ü"]?.sequence?[1].mark == YAMLMark(line: 4, column: 12))
        #expect(value.entries?[1].keyMark == YAMLMark(line: 2, column: 1))
        #expect(
            value["a"]?.error("must be a text, not \(value["a"]?.kind ?? "")").message
                == "line 1, column 4: must be a text, not a whole number"
        )
        #expect(value["c"] == nil)
        #expect(YAMLError(nil, "nothing there").message == "nothing there")
    }

    @Test func `a thousand million laughs are refused at the first`() {
        var bomb = "a: &a [lol, lol, lol]\n"
        for level in 1...30 { bomb += "b\(level): &b\(level) [*a, *a, *a]\n" }
        #expect(throws: YAMLError.self) { try YAMLValue(yaml: bomb) }
    }

    @Test func `depth and size are limited`() throws {
        let deep = { (levels: Int) in String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(throws: Never.self) { try YAMLValue(yaml: deep(64)) }
        let error = #expect(throws: YAMLError.self) { try YAMLValue(yaml: deep(65)) }
        #expect(error?.message == "line 1, column 65: lists and mappings are nested deeper than 64 levels")
        // Deep and never closed, in every style: answered at once.
        #expect(throws: YAMLError.self) { try YAMLValue(yaml: String(repeating: "[", count: 1_000_000)) }
        #expect(throws: YAMLError.self) { try YAMLValue(yaml: String(repeating: "{a: ", count: 500_000)) }
        #expect(throws: YAMLError.self) { try YAMLValue(yaml: String(repeating: "- ", count: 500_000)) }
        #expect(throws: YAMLError.self) { try YAMLValue(yaml: String(repeating: "? ", count: 500_000)) }
        for lineBreak in ["\n", "\r", "\r\n", "\u{85}", "\u{2028}"] {
            let directives = (0..<10_000).map { "%TAG !a\($0)! b\(lineBreak)" }.joined()
            let error = #expect(throws: YAMLError.self) { try YAMLValue(yaml: directives) }
            #expect(error?.message.hasPrefix("the document has ") == true)
        }
        var limits = YAMLLimits()
        limits.bytes = 10
        let tooLarge = #expect(throws: YAMLError.self) { try YAMLValue(yaml: "a: 12345678", limits: limits) }
        #expect(tooLarge?.message == "the document has 11 bytes, the limit is 10")
    }
}
