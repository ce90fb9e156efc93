/// What `/sketch` does: a row per word after it. Help, completion, hints and the man page are made of the same rows.
package struct SketchVerb: Sendable {
    package let name: String
    /// What follows it; words in brackets may be left out.
    package let usage: String
    /// A sentence without its full stop.
    package let summary: String
    package let completes: Subject
    let run: SlashCommand.Body

    init(
        _ name: String,
        _ usage: String,
        _ summary: String,
        completes: Subject = .nothing,
        _ run: @escaping @Sendable (inout Model, Words) throws(CommandProblem) -> [Effect]
    ) {
        self.name = name
        self.usage = usage
        self.summary = summary
        self.completes = completes
        self.run = SlashCommand.Body(call: run)
    }

    package var line: String { "/sketch \(name)" + (usage.isEmpty ? "" : " " + usage) }

    package static func named(_ name: String) -> SketchVerb? { table.first { $0.name == name.lowercased() } }

    package static let table: [SketchVerb] = [
        SketchVerb("new", "NAME [WIDTHxHEIGHT]", "make a drawing in this channel and open it", Commands.newSketch),
        SketchVerb(
            "open",
            "[NAME]",
            "draw in it; without a name the one that changed last",
            completes: .drawing,
            Commands.openSketch
        ),
        SketchVerb("list", "", "show the drawings of this channel", Commands.listSketches),
        SketchVerb(
            "show",
            "[NAME]",
            "describe a drawing and show it as text",
            completes: .drawing,
            Commands.showSketch
        ),
        SketchVerb("close", "", "close the drawing", Commands.closeSketch),
        SketchVerb(
            "export",
            "FILE [FORM]",
            "write it, or what is selected: txt, ansi, svg, png, md",
            Commands.exportSketch
        ),
        SketchVerb(
            "import",
            "FILE",
            "take a text, ANSI or PNG file into the hand, to put it down",
            Commands.importSketch
        ),
        SketchVerb(
            "replay",
            "[SPEED]",
            "watch how it came to be; 1 is as it was, without long pauses",
            Commands.replaySketch
        ),
        SketchVerb(
            "post",
            "[TEXT]",
            "post what is selected, or everything, as a message",
            completes: .text,
            Commands.postSketch
        ),
        SketchVerb("rename", "NAME", "give it another name", Commands.renameSketch),
        SketchVerb(
            "delete",
            "NAME",
            "delete a drawing for good: who made it, or an admin",
            completes: .drawing,
            Commands.deleteSketch
        ),
        SketchVerb("undo", "", "take your last stroke back", Commands.undoSketch),
        SketchVerb("redo", "", "bring it back", Commands.redoSketch),
        SketchVerb("clear", "", "erase what is selected, or everything; undo brings it back", Commands.clearSketch),
        SketchVerb(
            "wipe",
            "PERSON",
            "remove everything that somebody drew: it is asked once more",
            completes: .person,
            Commands.wipeSketch
        ),
        SketchVerb(
            "unwipe",
            "PERSON",
            "bring back what was wiped of somebody",
            completes: .person,
            Commands.unwipeSketch
        ),
        SketchVerb("resize", "WIDTHxHEIGHT", "change the size of the paper", Commands.resizeSketch),
        SketchVerb("versions", "", "show the versions that were kept, to restore one", Commands.sketchVersions),
        SketchVerb("version", "NAME", "keep the drawing as it is now under a name", Commands.nameSketchVersion),
        SketchVerb("restore", "NUMBER", "draw a version again over what is there", Commands.restoreSketchVersion),
        SketchVerb(
            "layer",
            "new [NAME] | NAME | hide | show | lock | unlock | delete | up | down",
            "choose or change layers",
            completes: .layer,
            Commands.sketchLayer
        ),
        SketchVerb("lock", "", "let nobody else draw in what is selected", Commands.lockSketch),
        SketchVerb("unlock", "", "take such locks away from what is selected", Commands.unlockSketch),
        SketchVerb(
            "colour",
            "COLOUR [on COLOUR]",
            "the pen's colours: #rrggbb, 0 to 255, red, none",
            Commands.sketchColor
        ),
        SketchVerb("stamp", "[NAME]", "take a stamp, or say which there are", completes: .stamp, Commands.sketchStamp),
        SketchVerb("who", "", "say who drew the cell under the cursor", Commands.whoDrew),
        SketchVerb(
            "follow",
            "[PERSON]",
            "see what a person sees; without a name look for yourself",
            completes: .person,
            Commands.followSketch
        ),
        SketchVerb("goto", "COLUMN,ROW", "go to a cell", Commands.goToCell),
    ]
}

extension SlashCommand {
    /// The one command whose first word is a verb.
    static let sketch = SlashCommand(
        "sketch",
        ["draw"],
        "VERB …",
        "draw together: new, open, list, and what stands under Drawings",
        .channels,
        completes: .sketchVerb,
        Commands.sketch
    )
}
