"""How bash completes our words: it divides `adam:lr=0.1` at the marks, and a name may stand beside files.

Loaded only when the shell asks, which it does by a variable of the environment.
"""

from __future__ import annotations

from click.shell_completion import BashComplete, CompletionItem, add_completion_class

_MARKS = ":="  # where bash begins a new word
#: click's own function lets a file take the place of all names, and sets a blank behind `lr=`.
_SOURCE = """\
%(complete_func)s() {
    local IFS=$'\\n'
    local response
    response=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD %(complete_var)s=bash_complete $1)
    for completion in $response; do
        IFS=',' read type value <<< "$completion"
        IFS=$'\\n'
        if [[ $type == 'dir' ]]; then
            compopt -o dirnames
        elif [[ $type == 'file' ]]; then
            compopt -o filenames
            COMPREPLY+=($(compgen -f -- "$value"))
        elif [[ $type == 'plain' ]]; then
            COMPREPLY+=("$value")
            if [[ $value == *= ]]; then compopt -o nospace; fi
        fi
    done
    return 0
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class Bash(BashComplete):
    """Words as they were typed, and of each answer the part that bash takes for the last word."""

    source_template = _SOURCE
    _before = ""  # of the last word what bash keeps as it is

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the unfinished one, and that one; `adam`, `:`, `lr` are one word again."""
        words, last = super().get_completion_args()
        every = joined([*words, last] if last else words)
        whole = every.pop() if last else ""
        cut = max(map(whole.rfind, _MARKS)) + 1
        self._before = whole[:cut]
        return every, whole

    def format_completion(self, item: CompletionItem) -> str:
        """Its kind, and what is to stand instead of the last word."""
        return f"{item.type},{item.value.removeprefix(self._before)}"


def joined(words: list[str]) -> list[str]:
    """The words of a line that bash has divided at `:` and `=`."""
    found: list[str] = []
    for word in words:
        if found and (word[0] in _MARKS or found[-1][-1] in _MARKS):
            found[-1] += word
        else:
            found.append(word)
    return found
