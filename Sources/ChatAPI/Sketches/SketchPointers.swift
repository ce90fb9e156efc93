/// Where someone is in a sketch and what they are about to do. Never stored: the newest value of each person counts.
package struct SketchPointer: Codable, Sendable, Equatable {
    package var sketch: SketchID
    /// Nil when the pointer has left the drawing.
    package var x: Int?
    package var y: Int?
    /// The name of the tool in hand, for the label: `pencil`.
    package var tool: String?
    package var selection: SketchRegion?
    /// The stroke that is being drawn, as far as the daemon does not know it yet.
    package var preview: [SketchRun]?
    /// What of the drawing is on the screen, for those who follow.
    package var viewport: SketchRegion?

    package init(
        sketch: SketchID,
        x: Int?,
        y: Int?,
        tool: String? = nil,
        selection: SketchRegion? = nil,
        preview: [SketchRun]? = nil,
        viewport: SketchRegion? = nil
    ) {
        self.sketch = sketch
        self.x = x
        self.y = y
        self.tool = tool
        self.selection = selection
        self.preview = preview
        self.viewport = viewport
    }
}

/// A pointer and whose it is, in an ephemeral push.
package struct SketchPresence: Codable, Sendable, Equatable {
    package var by: AccountID
    /// Nil when the person has left the sketch.
    package var pointer: SketchPointer?

    package init(by: AccountID, pointer: SketchPointer?) {
        self.by = by
        self.pointer = pointer
    }
}

/// Who is drawing in a sketch of a channel: for the card in its timeline. Empty when nobody is any more.
package struct SketchDrawing: Codable, Sendable, Equatable {
    package var sketch: SketchID
    package var people: [AccountID]

    package init(sketch: SketchID, people: [AccountID]) {
        self.sketch = sketch
        self.people = people
    }
}

/// Entries `first` through `last` of a sketch's log in one push: what a tick brought.
package struct SketchPush: Codable, Sendable, Equatable {
    package var sketch: SketchID
    package var operations: [SketchEntry]

    package init(sketch: SketchID, operations: [SketchEntry]) {
        self.sketch = sketch
        self.operations = operations
    }
}

extension Endpoint where Input == SketchPointer, Output == Empty {
    package static var pointSketch: Self {
        Self(
            "sketches.pointer",
            .post,
            "/v1/sketches/{sketch}/pointer",
            needs: .post,
            "show where one is in a sketch (live only)"
        )
    }
}

extension ID where Owner == Sketch {
    /// What names of sketches' logs begin with in `resume` and `sync`.
    package static var logPrefix: String { "sketch/" }

    /// The log's name: `sketch/<id>`.
    package var logName: String { Self.logPrefix + description }

    /// The sketch whose log has this name.
    package init?(logName: String) {
        guard logName.hasPrefix(Self.logPrefix) else { return nil }
        self.init(String(logName.dropFirst(Self.logPrefix.count)))
    }
}
