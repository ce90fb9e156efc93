/// Completion for zsh 5, as a file in `$fpath` or through `source <(…)`.
enum ZshCompletion {
    static func script(_ program: String, _ table: CompletionTable) -> String {
        let function = "_" + CompletionTable.identifier(program)
        let quoted = CompletionTable.quoted
        let described = { (name: String, summary: String) in quoted(name.replacing(":", with: "\\:") + ":" + summary) }
        var enter = ""
        for row in table.rows {
            enter += "    (\(quoted(row.path)))\n"
            enter += "        children=(\(row.children.map(described).joined(separator: " ")))\n"
            enter +=
                "        names=(\(row.names.map { "\(quoted($0.word)) \(quoted($0.name))" }.joined(separator: " ")))\n"
            if !row.options.isEmpty {
                enter += "        offers+=(\(row.options.map(described).joined(separator: " ")))\n"
            }
            for value in row.values { enter += "        kinds[\(value.spelling)]=\(quoted(value.kind))\n" }
            enter += "        arguments=(\(row.arguments.map(quoted).joined(separator: " ")))\n"
            enter += "        rest=\(quoted(row.rest))\n"
            enter += "        ;;\n"
        }
        return frame.replacing("@enter@", with: enter).replacing("@f@", with: function).replacing("@p@", with: program)
    }

    private static let frame = #"""
        #compdef @p@
        # zsh completion for @p@. Made by "@p@ completion zsh".

        # Goes to the command $1: what may follow it. ("options" and "path" are names that zsh keeps for itself.)
        @f@_enter() {
            case "$1" in
        @enter@    esac
        }

        # Offers words of kind $1.
        @f@_offer() {
            local -a found
            local program="${(Q)words[1]}"
            case "$1" in
            ('choice '*)
                found=(${(s: :)${1#choice }})
                compadd -a found
                ;;
            (file)
                _files
                ;;
            (directory)
                _files -/
                ;;
            ('dynamic '*)
                found=(${(f)"$("${program/#\~/$HOME}" __complete "${1#dynamic }" "${(Q)PREFIX}" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null </dev/null)"})
                found=(${found%%$'\t'*})
                compadd -a found
                ;;
            esac
        }

        @f@() {
            local -a children offers arguments
            local -A names kinds
            local path_='@p@' rest='' expected='' ended='' word=''
            local -i position=0 i
            @f@_enter "$path_"
            for ((i = 2; i < CURRENT; i++)); do
                word="${words[i]}"
                if [[ -n "$expected" ]]; then
                    expected=''
                elif [[ -n "$ended" ]]; then
                    position+=1
                elif [[ "$word" == -- ]]; then
                    ended=1
                elif [[ "$word" == --*=* ]]; then
                    :
                elif [[ "$word" == --* ]]; then
                    expected="${kinds[$word]}"
                elif [[ "$word" == -?* ]]; then
                    expected="${kinds[-${word[-1]}]}"
                elif (( position == 0 )) && [[ -n "$word" && -n "${names[$word]}" ]]; then
                    path_+=" ${names[$word]}"
                    @f@_enter "$path_"
                else
                    position+=1
                fi
            done
            word="${words[CURRENT]}"
            if [[ -n "$expected" ]]; then
                @f@_offer "$expected"
            elif [[ -z "$ended" && "$word" == --*=* ]]; then
                compset -P '*='
                @f@_offer "${kinds[${word%%=*}]}"
            elif [[ -z "$ended" && "$word" == -* ]]; then
                _describe -o 'option' offers
            else
                if (( position == 0 )) && [[ -z "$ended" ]] && (( ${#children} )); then
                    _describe 'command' children
                fi
                if (( position < ${#arguments} )); then
                    @f@_offer "${arguments[position+1]}"
                else
                    @f@_offer "$rest"
                fi
            fi
        }

        if [[ "$funcstack[1]" == "@f@" ]]; then
            @f@ "$@"
        elif (( $+functions[compdef] )); then
            compdef @f@ @p@
        fi

        """#
}
