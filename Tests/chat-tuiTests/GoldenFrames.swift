import ChatKit
import Glibc
import TerminalUI
import Testing

/// Frames written down beside the tests. `RECORD=1` writes them anew, for a person to look at the difference.
func expectFrame(_ frame: Frame, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let folder = String(#filePath.dropLast("GoldenFrames.swift".count)) + "Snapshots"
    let path = "\(folder)/\(name).txt"
    let text = FrameText(frame).plain + "\n"
    if getenv("RECORD").map({ String(cString: $0) }) == "1" {
        #expect(throws: Never.self, sourceLocation: sourceLocation) {
            try Files.write(Array(text.utf8), to: path, mode: 0o644)
        }
        return
    }
    let stored = (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) }
    #expect(text == stored, "the frame \(name) differs; RECORD=1 writes it anew", sourceLocation: sourceLocation)
}
