#include "cli/completion_scripts.hpp"

namespace mc::cli {

namespace {

// bash breaks words at "=" as well: they are put together again before asking, and the part before
// "=" is taken off the answers, since bash replaces only what follows it.
constexpr const char* kBash = R"(# bash completion for minicluster
__minicluster() {
    local -a words=()
    local i word joining= answer line current
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $i -gt 1 && ( $word == = || $joining ) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        [[ $word == = ]] && joining=1 || joining=
    done
    current=${words[${#words[@]} - 1]}
    answer=$("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null) || return
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) compopt -o default 2>/dev/null ;;
            :nofiles) compopt +o default 2>/dev/null ;;
            *)
                line=${line%%$'\t'*}
                [[ $current == *=* && $COMP_WORDBREAKS == *=* ]] && line=${line#*=}
                COMPREPLY+=("$line")
                ;;
        esac
    done <<<"$answer"
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o default -F __minicluster minicluster
)";

constexpr const char* kZsh = R"(#compdef minicluster
# zsh completion for minicluster
_minicluster() {
    local -a lines candidates
    local line files
    lines=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        case $line in
            :files) files=1 ;;
            :nofiles) ;;
            *)
                local value=${line%%$'\t'*} description=
                [[ $line == *$'\t'* ]] && description=${line#*$'\t'}
                candidates+=("${value//:/\\:}${description:+:$description}")
                ;;
        esac
    done
    (( $#candidates )) && _describe -V minicluster candidates
    [[ -n $files ]] && _files
    return 0
}
if [[ $funcstack[1] == _minicluster ]]; then
    _minicluster "$@"
else
    compdef _minicluster minicluster
fi
)";

constexpr const char* kFish = R"(# fish completion for minicluster
function __minicluster_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program __complete -- $words 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':nofiles'
            case '*'
                echo $line
        end
    end
end
complete -c minicluster -e
complete -c minicluster -f -a '(__minicluster_complete)'
)";

}  // namespace

const std::vector<std::string>& completionShells() {
  static const std::vector<std::string> kShells = {"bash", "zsh", "fish"};
  return kShells;
}

std::string completionScript(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  return shell == "fish" ? kFish : "";
}

}  // namespace mc::cli
