import ChatAPI

/// What a connection looks at, and the changes of it that have begun and not ended. Belongs to the connection's loop.
///
/// Its own object, because most connections look at nothing most of the time.
final class Gaze {
    var view = View()
    /// The channel of the sketch that it looks at.
    var sketchChannel: ChannelID?
    fileprivate(set) var changes = 0
    /// Who waits until nothing changes any more.
    var waiting: [CheckedContinuation<Void, Never>] = []
}

extension LiveSession {
    var view: View { gaze?.view ?? View() }

    func look(at view: View, sketchIn channel: ChannelID?) {
        let gaze = openGaze()
        gaze.view = view
        gaze.sketchChannel = channel
        closeIdleGaze()
    }

    func beginViewChange() { openGaze().changes += 1 }

    func endViewChange() {
        guard let gaze else { return }
        gaze.changes -= 1
        guard gaze.changes == 0 else { return }
        for continuation in gaze.waiting { continuation.resume() }
        gaze.waiting = []
        closeIdleGaze()
    }

    private func openGaze() -> Gaze {
        if let gaze { return gaze }
        let opened = Gaze()
        gaze = opened
        return opened
    }

    private func closeIdleGaze() {
        if let gaze, gaze.changes == 0, gaze.view == View() { self.gaze = nil }
    }
}
