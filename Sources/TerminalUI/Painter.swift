import Glibc

/// Sends what changed from one frame to the next: through ncurses, and over it what ncurses cannot do.
final class Painter {
    /// What a colour number means to the terminfo entry in use.
    enum ColorNumbering {
        /// An index.
        case palette
        /// 0xRRGGBB below 0x1000000, palette above: our own entries.
        case extended
        /// 0xRRGGBB, but 0–7 are the ANSI colours: xterm-direct and its like.
        case direct
    }

    private struct Pair: Hashable {
        let foreground: Color
        let background: Color
    }

    private let curses: Curses
    private let output: Int32
    private let depth: ColorDepth
    private let numbering: ColorNumbering
    private let canOverlay: Bool
    private let hasFrames: Bool
    private var shown: Frame?
    private var shownShape = CursorShape.block
    private var hadClusters = false
    /// Numbers given out to pairs of colours, from 1. Our own instead of `alloc_pair`, which silently takes back the pair
    /// that was asked for longest ago although it may still be on the screen: with 64 pairs that happens.
    private var pairs: [Pair: Int] = [:]
    private var forms: [String: PaintForm] = [:]

    init(curses: Curses, output: Int32, depth: ColorDepth, numbering: ColorNumbering, canOverlay: Bool, hasFrames: Bool)
    {
        self.curses = curses
        self.output = output
        self.depth = depth
        self.numbering = numbering
        self.canOverlay = canOverlay
        self.hasFrames = hasFrames
    }

    /// The next frame is sent whole.
    func forgetAll() {
        shown = nil
        curses.forgetAll()
    }

    func paint(_ frame: Frame, hasClusters: Bool) {
        if hasClusters != hadClusters {
            hadClusters = hasClusters
            forms = [:]
            forgetAll()
        }
        var rows = frame.changedRows(since: shown)
        guard !rows.isEmpty || shown?.cursor != frame.cursor || shownShape != frame.cursorShape else { return }
        let size = curses.size
        var overlay = Overlay(depth: depth)
        if !put(rows, of: frame, size: size, overlay: &overlay) {
            // More pairs of colours than the terminal has at once: number them anew, for this frame alone.
            pairs = [:]
            rows = Array(0..<frame.height)
            overlay = Overlay(depth: depth)
            _ = put(rows, of: frame, size: size, overlay: &overlay)
        }
        clearOutside(frame, size: size)
        curses.setCursor(frame.cursor)
        if hasFrames { Self.write(Array(TerminalSequences.beginFrame.utf8), to: output) }
        curses.refresh()
        var tail = overlay.bytes
        if canOverlay, shownShape != frame.cursorShape {
            tail += Array(TerminalSequences.shape(frame.cursorShape).utf8)
        }
        shownShape = frame.cursorShape
        if hasFrames { tail += Array(TerminalSequences.endFrame.utf8) }
        Self.write(tail, to: output)
        shown = frame
    }

    /// Puts rows into ncurses' picture and collects the overlay. False when the pairs ran out.
    private func put(_ rows: [Int], of frame: Frame, size: Size, overlay: inout Overlay) -> Bool {
        var hasEnough = true
        for y in rows where y < size.height {
            var hasOverlay = false
            for x in 0..<min(frame.width, size.width) {
                let cell = frame[x, y]
                guard cell.width > 0 else { continue }
                let style = depth.quantised(cell.style)
                let isCut = x + Int(cell.width) > size.width
                let form =
                    isCut ? PaintForm(" ", width: 1, hasClusters: false, canOverlay: false) { _ in 1 } : form(of: cell)
                let pair = number(of: style)
                if pair == nil { hasEnough = false }
                var column = x
                for piece in form.pieces {
                    curses.put(piece.scalars, x: column, y: y, attributes: style.attributes, pair: pair ?? 0)
                    column += piece.width
                }
                guard canOverlay, !isCut else { continue }
                if form.isOverlaid || isOverlaid(cell, in: frame) { hasOverlay = true }
            }
            if let shown, shown.size == frame.size, hadOverlay(shown, row: y) || hasOverlay { curses.forgetRow(y) }
            if hasOverlay { collect(row: y, of: frame, width: min(frame.width, size.width), into: &overlay) }
        }
        return hasEnough
    }

    /// One write per run of cells that share link and style; between others the row is left as it is.
    private func collect(row y: Int, of frame: Frame, width: Int, into overlay: inout Overlay) {
        var x = 0
        while x < width {
            let cell = frame[x, y]
            let isForm = cell.width > 0 && form(of: cell).isOverlaid
            guard cell.width > 0, x + Int(cell.width) <= width, isForm || isOverlaid(cell, in: frame) else {
                x += 1
                continue
            }
            let start = x
            var text = ""
            let link = frame.link(cell).flatMap { $0.isSafe ? $0 : nil }
            while x < width, frame[x, y].style == cell.style, frame[x, y].link == cell.link,
                x + Int(frame[x, y].width) <= width
            {
                let next = frame[x, y]
                let form = form(of: next)
                // A grapheme of disputed width stands alone, at a place of its own.
                if x > start, form.isOverlaid || isForm { break }
                text += form.isOverlaid ? next.text : form.text
                x += max(1, Int(next.width))
            }
            overlay.write(text, at: Point(x: start, y: y), style: depth.quantised(cell.style), link: link)
        }
    }

    private func isOverlaid(_ cell: Cell, in frame: Frame) -> Bool {
        cell.style.attributes.contains(.strikethrough) || frame.link(cell)?.isSafe == true
    }

    private func hadOverlay(_ frame: Frame, row y: Int) -> Bool {
        guard canOverlay else { return false }
        return (0..<frame.width).contains { x in
            let cell = frame[x, y]
            return cell.width > 0 && (isOverlaid(cell, in: frame) || form(of: cell).isOverlaid)
        }
    }

    private func form(of cell: Cell) -> PaintForm {
        if cell.text.utf8.count == 1, let byte = cell.text.utf8.first, byte >= 0x20, byte < 0x7F {
            return PaintForm(ascii: byte)
        }
        if let known = forms[cell.text] { return known }
        // Bounded: hostile text must not fill the memory with forms.
        if forms.count > 4096 { forms = [:] }
        let form = PaintForm(
            cell.text,
            width: Int(cell.width),
            hasClusters: hadClusters,
            canOverlay: canOverlay,
            libcWidth: Curses.libcWidth
        )
        forms[cell.text] = form
        return form
    }

    /// The terminal is larger than the frame: what stands outside is blank.
    private func clearOutside(_ frame: Frame, size: Size) {
        guard shown == nil, frame.size != size else { return }
        for y in 0..<size.height {
            for x in (y < frame.height ? min(frame.width, size.width) : 0)..<size.width {
                curses.put([0x20], x: x, y: y, attributes: [], pair: 0)
            }
        }
    }

    // MARK: - Colours

    private func number(of style: Style) -> Int? {
        guard depth > .mono, style.foreground != .default || style.background != .default else { return 0 }
        let pair = Pair(foreground: style.foreground, background: style.background)
        if let number = pairs[pair] { return number }
        let number = pairs.count + 1
        guard number < curses.pairLimit else { return nil }
        curses.definePair(number, foreground: colorNumber(style.foreground), background: colorNumber(style.background))
        pairs[pair] = number
        return number
    }

    private func colorNumber(_ color: Color) -> Int {
        switch (numbering, color) {
        case (_, .default): -1
        case (.palette, .indexed(let index)): Int(index)
        case (.palette, .rgb): -1
        case (.extended, .indexed(let index)): 0x100_0000 + Int(index)
        case (.extended, .rgb(let value)): Int(value & 0xFF_FFFF)
        case (.direct, .indexed(let index)): index < 8 ? Int(index) : max(8, Int(ColorDepth.palette(index)))
        case (.direct, .rgb(let value)): max(8, Int(value & 0xFF_FFFF))
        }
    }

    /// All of it, also past interruptions; gives up when the terminal is gone.
    static func write(_ bytes: [UInt8], to file: Int32) {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                start += count
            } else if errno != EINTR {
                return
            }
        }
    }
}
