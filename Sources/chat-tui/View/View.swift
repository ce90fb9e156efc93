package import TerminalUI

/// The screen as a frame: a function of the model and nothing else.
package func view(_ model: Model) -> Frame {
    let size = model.size
    var frame = Frame(size)
    guard size.width >= ScreenLayout.smallest.width, size.height >= ScreenLayout.smallest.height else {
        return tooSmall(size)
    }
    if case .signIn(let form) = model.screen {
        SignInPane(model, form).draw(in: &frame)
        return frame
    }
    let layout = ScreenLayout(model)
    if let area = layout.sketch { SketchPane(model)?.draw(in: &frame, area) }
    if let area = layout.sidebar { SidebarPane(model).draw(in: &frame, area) }
    if let area = layout.members { MembersPane(model).draw(in: &frame, area) }
    if let page = model.page {
        PagePane(model, page).draw(in: &frame, layout.page)
    } else if !layout.timeline.isEmpty {
        HeaderPane(model).draw(in: &frame, layout.header)
        TimelinePane(model).draw(in: &frame, layout.timeline)
        if let area = layout.notes { NotesPane(model).draw(in: &frame, area) }
    }
    if let area = layout.request { RequestLine(model).draw(in: &frame, area) }
    if let area = layout.banner { ComposerPane(model).drawBanner(in: &frame, area) }
    StatusPane(model).draw(in: &frame, layout.status)
    let drawing = model.isDrawing ? frame.cursor : nil
    ComposerPane(model).draw(in: &frame, layout.composer)
    // Keys go to the drawing, and so does the cursor.
    if model.isDrawing { frame.cursor = drawing }
    if let completion = model.completion { CompletionPane(model, completion).draw(in: &frame, above: layout.status) }
    if let overlay = model.overlay {
        frame.cursor = nil
        OverlayPane(model, overlay).draw(in: &frame)
    }
    return frame
}

private func tooSmall(_ size: Size) -> Frame {
    var frame = Frame(size)
    let needed = "\(ScreenLayout.smallest.width)×\(ScreenLayout.smallest.height)"
    let sentence = "This window has \(size.width)×\(size.height) cells; chat-tui needs \(needed)."
    for (row, line) in Text.wrapped(sentence, width: size.width).enumerated() {
        frame.put(line, at: Point(x: 0, y: row))
    }
    return frame
}
