// swift-tools-version: 6.3
import PackageDescription

// What every Swift target is compiled with, and why.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // `any P` says that a call is dynamic; https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // A member is visible only where its module is imported; proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // A C library never leaks out of the folder that wraps it; proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Async helpers stay on their caller's loop, no hop; proposals/0461-async-function-isolation.md
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// `make` passes the commit; a plain `swift build` asks git.
let commit = Context.environment["PLAZA_COMMIT"] ?? Context.gitInformation?.currentCommit ?? "unknown"

let targets: [Target] = [
    // C libraries of the distribution: a module map and a shim each.
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CLibUV", pkgConfig: "libuv", providers: [.apt(["libuv1-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    // Without pkg-config: its flags for ncursesw are ones that SwiftPM warns about; the module map links it.
    .systemLibrary(name: "CNCurses", providers: [.apt(["libncurses-dev"])]),
    // The sheet of glyphs that pictures are set in, compiled in.
    .target(name: "CGlyphs", exclude: ["unifont.png", "OFL.txt"]),
    .target(name: "CBuild", cSettings: [.define("PLAZA_COMMIT", to: "\"\(commit.prefix(12))\"")]),

    // What everybody speaks: values, endpoints, pushes. No I/O.
    .target(name: "ChatAPI", swiftSettings: settings),

    // Mechanisms. None of them knows chat.
    .target(name: "Telemetry", swiftSettings: settings),
    .target(name: "Flags", swiftSettings: settings),
    .target(name: "YAML", dependencies: ["CYAML"], swiftSettings: settings),
    .target(name: "Storage", dependencies: ["CSQLite"], swiftSettings: settings),
    .target(name: "Transport", dependencies: ["CLibUV", "COpenSSL", "CLinux"], swiftSettings: settings),
    .target(name: "TerminalUI", dependencies: ["ChatAPI", "CNCurses", "CLinux"], swiftSettings: settings),

    // The daemon.
    .target(name: "Engine", dependencies: ["ChatAPI", "Storage", "CSodium", "Telemetry"], swiftSettings: settings),
    .executableTarget(
        name: "ServerDaemon",
        dependencies: ["Engine", "ChatAPI", "Storage", "Transport", "Flags", "YAML", "Telemetry", "CBuild"],
        swiftSettings: settings
    ),

    // The clients.
    .target(
        name: "ChatKit",
        dependencies: ["ChatAPI", "Transport", "Storage", "CPNG", "CGlyphs"],
        swiftSettings: settings
    ),
    .executableTarget(
        name: "chat-tui",
        dependencies: ["ChatKit", "ChatAPI", "TerminalUI", "Transport", "Storage", "Flags", "CBuild"],
        swiftSettings: settings
    ),
    .executableTarget(
        name: "chatctl",
        dependencies: ["ChatKit", "ChatAPI", "Transport", "Flags", "YAML", "CBuild"],
        swiftSettings: settings
    ),

    // Proofs. ChatTestKit holds what several of them need.
    .target(
        name: "ChatTestKit",
        dependencies: ["ChatAPI", "Engine", "ChatKit", "Storage", "Transport"],
        path: "Tests/ChatTestKit",
        swiftSettings: settings
    ),
    .testTarget(name: "ChatAPITests", dependencies: ["ChatAPI", "ChatTestKit"], swiftSettings: settings),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: settings),
    .testTarget(name: "FlagsTests", dependencies: ["Flags"], swiftSettings: settings),
    .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: settings),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "ChatTestKit"], swiftSettings: settings),
    .systemLibrary(name: "CAllocator", path: "Tests/CAllocator"),
    .testTarget(name: "TransportTests", dependencies: ["Transport", "CAllocator"], swiftSettings: settings),
    .testTarget(name: "TerminalUITests", dependencies: ["TerminalUI", "ChatAPI"], swiftSettings: settings),
    .testTarget(
        name: "EngineTests",
        dependencies: ["Engine", "ChatAPI", "Storage", "ChatTestKit"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "ServerDaemonTests",
        dependencies: ["ServerDaemon", "Engine", "ChatAPI", "ChatKit", "Transport", "ChatTestKit"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "ChatKitTests",
        dependencies: ["ChatKit", "ChatAPI", "Transport", "Storage", "ChatTestKit"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "chat-tuiTests",
        dependencies: ["chat-tui", "ChatKit", "ChatAPI", "TerminalUI"],
        exclude: ["Snapshots"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "chatctlTests",
        dependencies: [
            "chatctl", "ChatKit", "ChatAPI", "Flags", "YAML", "Transport", "Engine", "Storage", "ChatTestKit",
        ],
        exclude: ["Snapshots"],
        swiftSettings: settings
    ),
    .testTarget(
        name: "EndToEndTests",
        dependencies: ["ChatAPI", "ChatKit", "ChatTestKit", "Engine", "Storage", "Transport"],
        exclude: [
            "Transcripts", "Authorization/Matrix.txt", "Authorization/AgencyMatrix.txt", "Authorization/DeskMatrix.txt",
        ],
        swiftSettings: settings
    ),
]

let package = Package(
    name: "plaza",
    products: [
        .executable(name: "chatd", targets: ["ServerDaemon"]),
        .executable(name: "chat-tui", targets: ["chat-tui"]),
        .executable(name: "chatctl", targets: ["chatctl"]),
    ],
    targets: targets
)
