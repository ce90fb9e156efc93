/// A drawing as it was when somebody gave it a name.
package struct SketchVersion: Codable, Sendable, Equatable {
    package var sketch: SketchID
    /// 1, 2, 3 …
    package var version: Int64
    package var name: String
    /// The position of the log that it shows.
    package var seq: Int64
    package var by: AccountID
    package var at: Milliseconds

    package init(sketch: SketchID, version: Int64, name: String, seq: Int64, by: AccountID, at: Milliseconds) {
        self.sketch = sketch
        self.version = version
        self.name = name
        self.seq = seq
        self.by = by
        self.at = at
    }
}

package struct SketchVersionDraft: Codable, Sendable {
    package var sketch: SketchID
    package var name: String

    package init(sketch: SketchID, name: String) {
        self.sketch = sketch
        self.name = name
    }
}

package struct SketchVersionRef: Codable, Sendable {
    package var sketch: SketchID
    package var version: Int64

    package init(sketch: SketchID, version: Int64) {
        self.sketch = sketch
        self.version = version
    }
}

/// Sends a sketch, or a region of it, as a message that shows it.
package struct SketchPost: Codable, Sendable {
    package var sketch: SketchID
    package var cid: ClientID
    /// Everything that is drawn if absent.
    package var region: SketchRegion?
    /// What is said with it; the sketch's name if absent.
    package var text: String?

    package init(sketch: SketchID, cid: ClientID, region: SketchRegion? = nil, text: String? = nil) {
        self.sketch = sketch
        self.cid = cid
        self.region = region
        self.text = text
    }
}

/// A piece of a sketch as it was when it was posted: any client can show its runs as text.
package struct SketchPicture: Codable, Sendable, Equatable {
    package var sketch: SketchID
    package var name: String
    /// The position of the log that it shows.
    package var seq: Int64
    package var region: SketchRegion
    /// Places are counted from the region's corner.
    package var runs: [SketchRun]

    package init(sketch: SketchID, name: String, seq: Int64, region: SketchRegion, runs: [SketchRun]) {
        self.sketch = sketch
        self.name = name
        self.seq = seq
        self.region = region
        self.runs = runs
    }

    /// The picture as an untouched canvas of its size shows it, without people.
    package var canvas: SketchCanvas {
        var canvas = SketchCanvas(
            width: min(max(region.width, 1), Limits.sketchWidth.upperBound),
            height: min(max(region.height, 1), Limits.sketchHeight.upperBound)
        )
        canvas.draw(runs, layer: 0, author: 0)
        return canvas
    }
}

extension Endpoint where Input == SketchPost, Output == Sent {
    package static var postSketch: Self {
        Self(
            "sketches.post",
            .post,
            "/v1/sketches/{sketch}/posts",
            needs: .post,
            "send a sketch, or a region of it, as a message that shows it"
        )
    }
}

extension Endpoint where Input == SketchVersionDraft, Output == SketchVersion {
    package static var nameSketchVersion: Self {
        Self(
            "sketches.versions.create",
            .post,
            "/v1/sketches/{sketch}/versions",
            needs: .post,
            "keep a sketch as it is now under a name"
        )
    }
}

extension Endpoint where Input == SketchRef, Output == Page<SketchVersion> {
    package static var listSketchVersions: Self {
        Self(
            "sketches.versions.list",
            .get,
            "/v1/sketches/{sketch}/versions",
            needs: .read,
            "list a sketch's versions, the newest first"
        )
    }
}

extension Endpoint where Input == SketchVersionRef, Output == SketchSnapshot {
    package static var sketchVersion: Self {
        Self(
            "sketches.versions.get",
            .get,
            "/v1/sketches/{sketch}/versions/{version}",
            needs: .read,
            "show a sketch as a version kept it"
        )
    }
}

extension Endpoint where Input == SketchVersionRef, Output == SketchDrawn {
    package static var restoreSketchVersion: Self {
        Self(
            "sketches.versions.restore",
            .post,
            "/v1/sketches/{sketch}/versions/{version}/restore",
            needs: .post,
            "draw a version again over what is there; undo takes it back"
        )
    }
}
