import CNCurses
import Glibc

/// ncurses, as much of it as painting needs. The only file that sees the library; used on one thread only.
///
/// It never reads: `keypad` stays off and `getch` is never called, because its decoder loses the button of a drag and types
/// mouse, paste and focus reports as text under TERM=tmux-256color. Lines and characters are never scrolled, inserted or
/// deleted, since that would move what was written over them.
final class Curses {
    private let screen: OpaquePointer
    private let files: [UnsafeMutablePointer<FILE>]
    /// What `colors` in the entry says.
    let colors: Int
    /// How many pairs may be in use at once, pair 0 included.
    let pairLimit: Int
    /// The terminal's own sequences to leave the screen, without padding: for the moment when ncurses cannot run any more.
    let restoreSequence: String
    /// Clears the screen where it is the only one; empty where there is another to go back to.
    let wipeSequence: String

    /// Makes libc count characters as UTF-8 where the environment has no such locale.
    static func chooseLocale() {
        setlocale(LC_ALL, "")
        if String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
    }

    /// Whether terminfo knows how to place the cursor on this terminal; nil when it does not know the terminal.
    static func canAddress(term: String, output: Int32) -> Bool? {
        var outcome: Int32 = 0
        guard setupterm(term, output, &outcome) == 0 else { return nil }
        defer { cncurses_forget_terminal() }
        return cncurses_capability("cup") != nil
    }

    init?(term: String, input: Int32, output: Int32) {
        // Own descriptors: closing the streams must not close the caller's.
        guard let reading = fdopen(dup(input), "r"), let writing = fdopen(dup(output), "w") else { return nil }
        guard let screen = newterm(term, writing, reading) else {
            fclose(reading)
            fclose(writing)
            return nil
        }
        self.screen = screen
        files = [reading, writing]
        raw()
        noecho()
        nonl()
        let window = cncurses_screen()
        keypad(window, false)
        intrflush(window, false)
        // Otherwise a frame is abandoned half way when a key is waiting.
        typeahead(-1)
        idlok(window, false)
        idcok(window, false)
        leaveok(window, false)
        scrollok(window, false)
        if has_colors() {
            start_color()
            use_default_colors()
            colors = Int(cncurses_colors())
            pairLimit = Int(cncurses_color_pairs())
        } else {
            colors = 0
            pairLimit = 1
        }
        // A VT100 and the like have one screen only: there the last picture is wiped instead of left behind.
        wipeSequence = Self.capability("rmcup").isEmpty ? Self.capability("clear") : ""
        restoreSequence = ["sgr0", "op", "rmkx", "cnorm", "rmcup"].map(Self.capability).joined() + wipeSequence
    }

    /// A string capability without its padding.
    private static func capability(_ name: String) -> String {
        guard let text = cncurses_capability(name) else { return "" }
        var result = ""
        var rest = Substring(String(cString: text))
        while let start = rest.firstIndex(of: "$") {
            result += rest[..<start]
            rest = rest[start...]
            if rest.dropFirst().first == "<", let end = rest.firstIndex(of: ">") {
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    static func libcWidth(_ scalar: Unicode.Scalar) -> Int { Int(cncurses_width(wchar_t(scalar.value))) }

    var size: Size {
        Size(width: Int(getmaxx(cncurses_screen())), height: Int(getmaxy(cncurses_screen())))
    }

    func resize(to size: Size) { resizeterm(Int32(size.height), Int32(size.width)) }

    /// Defines a pair. Colours are palette indices or whatever the entry calls colours, -1 is the terminal's own.
    func definePair(_ pair: Int, foreground: Int, background: Int) {
        init_extended_pair(Int32(pair), Int32(foreground), Int32(background))
    }

    /// Puts one character with its marks into the picture.
    func put(_ scalars: [Int32], x: Int, y: Int, attributes: Attributes, pair: Int) {
        var bits: attr_t = 0
        if attributes.contains(.bold) { bits |= cncurses_bold }
        if attributes.contains(.dim) { bits |= cncurses_dim }
        if attributes.contains(.italic) { bits |= cncurses_italic }
        if attributes.contains(.underline) { bits |= cncurses_underline }
        if attributes.contains(.reverse) { bits |= cncurses_reverse }
        _ = (scalars + [0]).withUnsafeBufferPointer { text in
            cncurses_put(Int32(y), Int32(x), text.baseAddress, bits, Int32(pair))
        }
    }

    /// Says that the terminal shows something else in this row than ncurses believes.
    func forgetRow(_ row: Int) { wredrawln(cncurses_screen(), Int32(row), 1) }

    /// Says so of the whole screen.
    func forgetAll() { clearok(cncurses_shown(), true) }

    func setCursor(_ point: Point?) {
        curs_set(point == nil ? 0 : 1)
        let size = size
        let place = point ?? Point(x: size.width - 1, y: size.height - 1)
        move(Int32(min(max(place.y, 0), size.height - 1)), Int32(min(max(place.x, 0), size.width - 1)))
    }

    /// Sends what changed. Blocks while the terminal is slow.
    func refresh() {
        wnoutrefresh(cncurses_screen())
        doupdate()
    }

    /// Gives the terminal back: screen, modes of the line discipline, cursor.
    func leave() { endwin() }

    /// Takes it again after `leave`.
    func enter() {
        reset_prog_mode()
        forgetAll()
        refresh()
    }

    deinit {
        delscreen(screen)
        for file in files { fclose(file) }
    }
}

/// Settings of the line discipline (termios(3)): echo, line editing, signal keys.
struct LineDiscipline {
    private var settings = termios()

    init(of terminal: Int32) { tcgetattr(terminal, &settings) }

    /// Async-signal-safe.
    mutating func apply(to terminal: Int32) { tcsetattr(terminal, TCSANOW, &settings) }
}
