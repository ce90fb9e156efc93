import Telemetry
import Testing

/// What never reaches a log.
struct MaskingTests {
    @Test(arguments: [
        "password", "newPassword", "new_password", "Password", "PASSWORD", "dbpassword", "passwd", "passphrase",
        "token",
        "refreshToken", "refresh_token", "accesstoken", "secret", "joinSecret", "client-secret", "code", "resetCode",
        "invite_code",
        "authorization", "Authorization", "Proxy-Authorization", "cookie", "Set-Cookie", "key", "signingKey", "api_key",
        "apikey",
        "PLAZA_TOKEN", "tokens", "credentials",
    ])
    func `a name of a secret`(key: String) { #expect(Masking.isSecret(key: key)) }

    @Test(arguments: [
        "name", "closeCode", "status_code", "exitCode", "errorCode", "monkey", "keyboard", "codec", "decoder",
        "tokenizer", "channel", "",
        "requestId", "secretary",
    ])
    func `a name of no secret`(key: String) { #expect(!Masking.isSecret(key: key)) }

    @Test(arguments: [
        ("Authorization: Bearer abc.def-ghi", "Authorization: ***"),
        ("got Bearer abc.def-ghi, refused", "got Bearer ***, refused"),
        ("BEARER   x", "BEARER   ***"),
        ("Basic dXNlcjpwYXNz", "Basic ***"),
        ("basic rules", "basic rules"),
        ("plz_bot_A1b2-C3 was revoked", "plz_*** was revoked"),
        ("(PLZ_abc)", "(PLZ_***)"),
        ("xplz_abc", "xplz_abc"),
        ("two plz_a plz_b", "two plz_*** plz_***"),
        ("jwt eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln!", "jwt ***!"),
        ("GET /x?token=abc&page=2", "GET /x?token=***&page=2"),
        ("password=hunter2; user=ann", "password=***; user=ann"),
        (#"{"password": "hun ter2","name":"ann"}"#, #"{"password": "***","name":"ann"}"#),
        ("secret: abc def", "secret: *** def"),
        ("Cookie: a=b", "Cookie: ***"),
        ("close code=4008", "close code=***"),
        ("https://ann:hunter2@example.org/x", "https://ann:***@example.org/x"),
        ("https://example.org:443/a@b", "https://example.org:443/a@b"),
        ("https://ann@example.org", "https://ann@example.org"),
        ("name=ann", "name=ann"), ("", ""), ("12:30", "12:30"), ("password=", "password="), ("Bearer", "Bearer"),
        ("Bearer ", "Bearer "),
        ("plz_", "plz_"), ("Authorization: Bearer Bearer x y", "Authorization: *** y"), ("://", "://"), ("key", "key"),
        ("grüße: plz_x", "grüße: plz_***"),
    ])
    func `a text with its secrets masked`(text: String, expected: String) {
        #expect(Masking.masked(text) == expected)
        #expect(Masking.masked(expected) == expected)
    }

    /// A secret planted anywhere in any text never survives.
    @Test func `a planted secret is always found`() {
        let seed: UInt64 = 4242
        var random = SeededRandom(seed: seed)
        let pieces = [
            "a", " ", "=", ":", "\"", "://", "@", "/", "Bearer", "basic", "password", "é", "\n", "eyJ", ".", "name=",
            "code",
        ]
        for round in 0..<5000 {
            let noise = { (random: inout SeededRandom) in
                (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
            }
            let planted = ["plz_5ecre7", "Bearer 5ecre7", "token=5ecre7"].randomElement(using: &random)!
            let text = noise(&random) + " " + planted + " " + noise(&random)
            #expect(!Masking.masked(text).contains("5ecre7"), "seed \(seed), round \(round): \(text)")
        }
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
