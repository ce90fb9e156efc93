/// What the man page says about drawings before it lists the commands.
enum SketchManual {
    static let about = """
        A drawing belongs to a channel: everybody there sees each stroke while it is drawn, with the names and colours of those who \
        draw. What is drawn is shown at once and sent up to 30 times a second; without a connection it waits, also beyond the end \
        of the program, and is sent when the daemon is there again. Undo takes back one's own last stroke and never what others \
        drew over it. The mouse draws with its left button, erases or picks with the right, pulls the paper with the middle one; \
        the wheel scrolls. Everything can be done with the keyboard as well. In `--plain`, `/sketch show` describes a drawing and \
        prints it as text.
        """
}
