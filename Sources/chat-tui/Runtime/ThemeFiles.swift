import ChatKit
import Glibc

/// Themes of the person: files `NAME.theme` in `$XDG_CONFIG_HOME/plaza/themes/`.
enum ThemeFiles {
    static func load(_ folders: Folders) -> [Action] {
        let folder = folders.config + "/themes"
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let item = readdir(directory) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".theme") { names.append(String(name.dropLast(6))) }
        }
        var themes: [Theme] = []
        var actions: [Action] = []
        for name in names.sorted() {
            do {
                let bytes = try Files.read("\(folder)/\(name).theme", limit: 65_536)
                themes.append(try Theme(name: name, file: String(decoding: bytes, as: UTF8.self)))
            } catch let error as ThemeProblem {
                actions.append(.notice(error.sentence, isTrouble: true))
            } catch {
                actions.append(.notice("\(error)", isTrouble: true))
            }
        }
        return [.themes(themes)] + actions
    }
}
