/// Completion for fish 3.
enum FishCompletion {
    static func script(_ program: String, _ table: CompletionTable) -> String {
        let function = "__" + CompletionTable.identifier(program)
        var enter = ""
        for row in table.rows {
            enter += "        case \(quoted(row.path))\n"
            enter += list("children", row.children.map { $0.name + "\t" + $0.summary })
            enter += list("words", row.names.map(\.word))
            enter += list("names", row.names.map(\.name))
            if !row.options.isEmpty {
                enter += list("options", row.options.map { $0.spelling + "\t" + $0.summary }, append: true)
            }
            if !row.values.isEmpty {
                enter += list("spellings", row.values.map(\.spelling), append: true)
                enter += list("kinds", row.values.map(\.kind), append: true)
            }
            enter += list("arguments", row.arguments)
            enter += "            set rest \(quoted(row.rest))\n"
        }
        return frame.replacing("@enter@", with: enter).replacing("@f@", with: function).replacing("@p@", with: program)
    }

    private static func list(_ name: String, _ words: [String], append: Bool = false) -> String {
        "            set \(append ? "-a " : "")\(name) \(words.map(quoted).joined(separator: " "))\n"
    }

    /// In single quotes fish reads only `\\` and `\'`.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    private static let frame = #"""
        # fish completion for @p@. Made by "@p@ completion fish".

        # Goes to a command: what may follow it. Sets the variables of its caller.
        function @f@_enter --no-scope-shadowing
            switch $path
        @enter@    end
        end

        # Prints what an option takes; nothing for a flag.
        function @f@_kind --no-scope-shadowing --argument-names spelling
            if set -l index (contains -i -- $spelling $spellings)
                printf '%s\n' $kinds[$index]
            end
        end

        # Offers words of a kind; each is printed behind a prefix.
        function @f@_offer --argument-names kind current prefix
            switch $kind
                case 'choice *'
                    for word in (string split ' ' -- (string replace 'choice ' '' -- $kind))
                        printf '%s\n' $prefix$word
                    end
                case file
                    for word in (__fish_complete_path $current)
                        printf '%s\n' $prefix$word
                    end
                case directory
                    for word in (__fish_complete_directories $current '')
                        printf '%s\n' $prefix$word
                    end
                case 'dynamic *'
                    set -l line (commandline -opc)
                    for word in ($line[1] __complete (string replace 'dynamic ' '' -- $kind) "$current" $line[2..-1] 2>/dev/null </dev/null)
                        printf '%s\n' $prefix$word
                    end
            end
        end

        function @f@_complete
            set -l line (commandline -opc)
            set -l current (commandline -ct)
            set -l path '@p@'
            set -l children
            set -l words
            set -l names
            set -l options
            set -l spellings
            set -l kinds
            set -l arguments
            set -l rest ''
            set -l expected ''
            set -l ended ''
            set -l position 0
            @f@_enter
            for word in $line[2..-1]
                if test -n "$expected"
                    set expected ''
                else if test -n "$ended"
                    set position (math $position + 1)
                else if test "$word" = --
                    set ended 1
                else if string match -q -- '--*=*' $word
                    continue
                else if string match -q -- '--*' $word
                    set expected (@f@_kind $word)
                else if string match -q -- '-?*' $word
                    set expected (@f@_kind -(string sub -s -1 -- $word))
                else if test $position -eq 0; and set -l index (contains -i -- $word $words)
                    set path "$path $names[$index]"
                    @f@_enter
                else
                    set position (math $position + 1)
                end
            end
            if test -n "$expected"
                @f@_offer "$expected" "$current" ''
            else if test -z "$ended"; and string match -q -- '--*=*' $current
                set -l parts (string split -m 1 = -- $current)
                set -l kind (@f@_kind $parts[1])
                @f@_offer "$kind" "$parts[2]" "$parts[1]="
            else if test -z "$ended"; and string match -q -- '-*' $current
                printf '%s\n' $options
            else
                if test $position -eq 0 -a -z "$ended"
                    printf '%s\n' $children
                end
                set -l index (math $position + 1)
                if test $index -le (count $arguments)
                    @f@_offer "$arguments[$index]" "$current" ''
                else
                    @f@_offer "$rest" "$current" ''
                end
            end
        end

        complete -c @p@ -f -a '(@f@_complete)'

        """#
}
