import ChatAPI
import ChatKit
import Glibc
import TerminalUI

/// The program in a terminal: takes batches of actions, updates, paints at most once in 16 ms and only what changed.
///
/// Everything here is the UI's thread. It never waits for the network; a slow terminal only slows itself.
final class ScreenRuntime {
    /// 60 frames a second: faster is not seen, slower is felt.
    static let frameMilliseconds: Int64 = 16

    private var model: Model
    private let world: World
    private let terminal: Terminal
    private let recorder: Recorder?
    private let time = TimeSource.system
    private var lastPaint: Int64 = 0
    private var isEnding = false

    init(_ model: Model, _ world: World, _ terminal: Terminal, recorder: Recorder?) {
        self.model = model
        self.world = world
        self.terminal = terminal
        self.recorder = recorder
    }

    func run(_ first: [Action]) throws(TerminalError) {
        let mailbox = world.mailbox
        model.size = terminal.size
        model.hasMouse = terminal.hasMouse
        model.colorDepth = terminal.colorDepth
        take([.clock(time.wall())] + first)
        paint()
        try terminal.start { events in mailbox.post(events.map(Action.input)) }
        while !isEnding {
            let actions = mailbox.take(waiting: waitMilliseconds)
            take([.clock(time.wall())] + (actions.isEmpty ? [.tick] : actions))
            if model.isDirty, time.uptime() - lastPaint >= Self.frameMilliseconds { paint() }
        }
        terminal.stop()
        recorder?.close()
        world.close(waitingMilliseconds: model.isLive ? 300 : 0)
    }

    /// Until the next frame is due, or the next thing that time alone changes.
    private var waitMilliseconds: Int32 {
        let idle: Int32 =
            model.isDirty
            ? Int32(max(0, Self.frameMilliseconds - (time.uptime() - lastPaint))) : model.needsTicks ? 500 : -1
        guard let wake = model.sketchWake else { return idle }
        let wait = Int32(clamping: max(1, wake - time.wall()))
        return idle < 0 ? wait : min(idle, wait)
    }

    private func paint() {
        model.isDirty = false
        lastPaint = time.uptime()
        terminal.paint(view(model))
    }

    private func take(_ actions: [Action]) {
        var waiting = actions
        while !waiting.isEmpty {
            let batch = waiting
            waiting = []
            for action in batch {
                recorder?.record(action, &model)
                if case .signedIn(let account, _, _) = action {
                    // The form is done before the connection begins.
                    _ = update(&model, action)
                    waiting += world.arrive(account)
                    continue
                }
                for effect in update(&model, action) { waiting += perform(effect) }
            }
        }
    }

    private func perform(_ effect: Effect) -> [Action] {
        switch effect {
        case .copy(let text): return copy(text)
        case .openLink(let url): return open(url)
        case .edit(let text): return edit(text)
        case .notify(let title, let body):
            terminal.bell()
            terminal.notify(title: title, body: body)
        case .title(let title): terminal.setTitle(title)
        case .mouse(let isOn): terminal.setMouse(isOn)
        case .hover(let isOn): terminal.setHover(isOn)
        case .redraw:
            terminal.redraw()
            model.isDirty = true
        case .suspend:
            terminal.suspend()
            model.isDirty = true
        case .quit: isEnding = true
        default: return world.perform(effect)
        }
        return []
    }

    private func copy(_ text: String) -> [Action] {
        if terminal.copy(text) { return [] }
        return [.notice("this terminal has no clipboard command", isTrouble: true)]
    }

    /// A browser where there is a desktop; elsewhere the address goes to the clipboard.
    private func open(_ url: String) -> [Action] {
        let hasDesktop = ["DISPLAY", "WAYLAND_DISPLAY"].contains { Terminal.environment($0)?.isEmpty == false }
        if hasDesktop, Spawn.start(["xdg-open", url]) { return [] }
        return copy(url) + [.notice("copied: \(url)", isTrouble: false)]
    }

    private func edit(_ text: String) -> [Action] {
        terminal.leave()
        defer {
            terminal.enter()
            model.isDirty = true
        }
        do {
            return [.edited(try ExternalEditor.edit(text, in: world.folders))]
        } catch {
            return [.notice("the editor: \(World.sentence(error))", isTrouble: true)]
        }
    }
}

extension Model {
    /// Whether something changes by time alone.
    var needsTicks: Bool {
        if freshNotice != nil || draftDueAt != nil || hasRunningClocks { return true }
        if case .offline = connection { return true }
        if isLive, outbox.contains(where: \.isOpen) { return true }
        return rooms.values.contains { room in
            !room.typing.isEmpty || toldMarkers[room.id].map { $0 < room.unread.marker } == true
        }
    }
}
