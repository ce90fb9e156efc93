/// The JSON of entries, written by hand: it is made once per operation, stored as it is, and sent to everyone as it is.
package enum SketchWriting {
    /// One entry, as `Coding.encode` would say it in another order of members.
    package static func encode(_ entry: SketchEntry) -> [UInt8] {
        var json = JSONWriter(reserving: 320)
        json.openObject()
        json.key("seq")
        json.value(entry.seq)
        json.key("by")
        json.value(entry.by)
        json.key("at")
        json.value(entry.at)
        if let cid = entry.cid {
            json.key("cid")
            json.value(cid)
        }
        write(entry.operation, to: &json)
        if !entry.patches.isEmpty {
            json.key("patches")
            json.openArray()
            for patch in entry.patches {
                json.openObject()
                if let by = patch.by {
                    json.key("by")
                    json.value(by)
                }
                json.key("layer")
                json.value(Int64(patch.layer))
                json.key("runs")
                write(patch.runs, to: &json)
                json.closeObject()
            }
            json.closeArray()
        }
        if let skipped = entry.skipped {
            json.key("skipped")
            json.value(Int64(skipped))
        }
        json.closeObject()
        return json.finish()
    }

    /// Entries that are JSON already, in one push.
    package static func push(of sketch: SketchID, _ entries: some Collection<[UInt8]>) -> [UInt8] {
        var json = JSONWriter(reserving: 96 + entries.reduce(0) { $0 + $1.count + 1 })
        json.openObject()
        json.key("push")
        json.value("operations")
        json.key("sketch")
        json.value(sketch)
        json.key("operations")
        json.openArray()
        for entry in entries { json.raw(entry) }
        json.closeArray()
        json.closeObject()
        return json.finish()
    }

    package static func write(_ runs: [SketchRun], to json: inout JSONWriter) {
        json.openArray()
        for run in runs {
            json.openArray()
            json.value(Int64(run.x))
            json.value(Int64(run.y))
            json.value(run.text)
            let hasAttributes = !run.attributes.isEmpty
            if hasAttributes || !run.background.isNone || !run.foreground.isNone {
                json.value(Int64(run.foreground.rawValue))
            }
            if hasAttributes || !run.background.isNone { json.value(Int64(run.background.rawValue)) }
            if hasAttributes { json.value(Int64(run.attributes.rawValue)) }
            json.closeArray()
        }
        json.closeArray()
    }

    /// The members of a hot operation by hand; those of the others as they are encoded in general.
    private static func write(_ operation: SketchOperation, to json: inout JSONWriter) {
        guard case .cells(let stroke, let layer, let runs) = operation else {
            let form = Coding.encode(SketchOperationForm(operation))
            // Without its braces.
            return json.raw(form.dropFirst().dropLast())
        }
        json.key("op")
        json.value("cells")
        json.key("stroke")
        json.value(stroke)
        json.key("layer")
        json.value(Int64(layer))
        json.key("runs")
        write(runs, to: &json)
    }
}
