/// Completion for bash 4.4 and later, with or without the bash-completion package.
enum BashCompletion {
    static func script(_ program: String, _ table: CompletionTable) -> String {
        let function = "_" + CompletionTable.identifier(program)
        let quoted = CompletionTable.quoted
        var enter = ""
        for row in table.rows {
            enter += "    \(quoted(row.path)))\n"
            enter += "        children=(\(row.children.map { quoted($0.name) }.joined(separator: " ")))\n"
            enter +=
                "        names=(\(row.names.map { "[\(quoted($0.word))]=\(quoted($0.name))" }.joined(separator: " ")))\n"
            if !row.options.isEmpty {
                enter += "        options+=(\(row.options.map { quoted($0.spelling) }.joined(separator: " ")))\n"
            }
            for value in row.values { enter += "        kinds[\(value.spelling)]=\(quoted(value.kind))\n" }
            enter += "        arguments=(\(row.arguments.map(quoted).joined(separator: " ")))\n"
            enter += "        rest=\(quoted(row.rest))\n"
            enter += "        ;;\n"
        }
        return frame.replacing("@enter@", with: enter).replacing("@f@", with: function).replacing("@p@", with: program)
    }

    private static let frame = #"""
        # bash completion for @p@. Made by "@p@ completion bash".

        # Goes to the command $1: what may follow it.
        @f@_enter() {
            case $1 in
        @enter@    esac
        }

        # Offers words of kind $1 that start with $2.
        @f@_offer() {
            local word
            case $1 in
            'choice '*)
                for word in ${1#choice }; do
                    [[ $word == "$2"* ]] && COMPREPLY+=("$word")
                done
                ;;
            file)
                compopt -o filenames 2>/dev/null
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$2")
                ;;
            directory)
                compopt -o filenames 2>/dev/null
                while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$2")
                ;;
            'dynamic '*)
                # Names come from other people: they are quoted and never evaluated.
                while IFS= read -r word; do
                    word=${word%%$'\t'*}
                    [[ -n $word && $word == "$2"* ]] && COMPREPLY+=("$(printf '%q' "$word")")
                done < <("$program" __complete "${1#dynamic }" "$2" "${line[@]:1}" 2>/dev/null </dev/null)
                ;;
            esac
        }

        @f@() {
            local -a line=() children=() options=() arguments=()
            local -A names=() kinds=()
            local path='@p@' rest='' expected='' ended='' word='' position=0 i
            local program=${COMP_WORDS[0]/#\~/$HOME}
            type -P -- "$program" >/dev/null || program=@p@
            COMPREPLY=()
            # bash splits words at "=" and "@": what stands together on the line is one word.
            local text=${COMP_LINE#*"${COMP_WORDS[0]}"}
            line=("${COMP_WORDS[0]}")
            for ((i = 1; i <= COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ $text == [[:space:]]* || -z $text ]]; then
                    line+=("$word")
                else
                    line[-1]+=$word
                fi
                text=${text#"${text%%[![:space:]]*}"}
                text=${text#"$word"}
            done
            local last=$((${#line[@]} - 1))
            local current=${line[last]}
            unset "line[last]"
            @f@_enter "$path"
            for ((i = 1; i < last; i++)); do
                word=${line[i]}
                if [[ -n $expected ]]; then
                    expected=''
                elif [[ -n $ended ]]; then
                    ((position += 1))
                elif [[ $word == -- ]]; then
                    ended=1
                elif [[ $word == --*=* ]]; then
                    :
                elif [[ $word == --* ]]; then
                    expected=${kinds[$word]-}
                elif [[ $word == -?* ]]; then
                    expected=${kinds[-${word: -1}]-}
                elif [[ $position -eq 0 && -n $word && -n ${names[$word]-} ]]; then
                    path+=" ${names[$word]}"
                    @f@_enter "$path"
                else
                    ((position += 1))
                fi
            done
            if [[ -n $expected ]]; then
                @f@_offer "$expected" "$current"
            elif [[ -z $ended && $current == --*=* ]]; then
                local option=${current%%=*}
                @f@_offer "${kinds[$option]-}" "${current#*=}"
                COMPREPLY=("${COMPREPLY[@]/#/$option=}")
            elif [[ -z $ended && $current == -* ]]; then
                for word in "${options[@]}"; do
                    [[ $word == "$current"* ]] && COMPREPLY+=("$word")
                done
            else
                if [[ $position -eq 0 && -z $ended ]]; then
                    for word in "${children[@]}"; do
                        [[ $word == "$current"* ]] && COMPREPLY+=("$word")
                    done
                fi
                @f@_offer "${arguments[position]-$rest}" "$current"
            fi
            # bash puts an answer behind the last place where it splits: what stands before that is there already.
            local breaks=${COMP_WORDBREAKS//[[:space:]]/} there=$current
            while [[ -n $there && $breaks != *"${there: -1}"* ]]; do there=${there%?}; done
            COMPREPLY=("${COMPREPLY[@]#"$there"}")
            return 0
        }

        complete -F @f@ @p@

        """#
}

extension String {
    /// Every `mark` replaced; the marks of the frames above stand nowhere else.
    func replacing(_ mark: String, with text: String) -> String {
        let mark = Array(mark.utf8)
        let source = Array(utf8)
        var result: [UInt8] = []
        result.reserveCapacity(source.count)
        var index = 0
        while index < source.count {
            if source[index] == mark[0], source[index...].starts(with: mark) {
                result += text.utf8
                index += mark.count
            } else {
                result.append(source[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
