"""Refuses bad answers, with the rules of `glassnet new`, when cookiecutter itself renders the template."""

import builtins
import json
import keyword
import re
import sys
from pathlib import Path

answers = json.loads({{ cookiecutter | jsonify | pprint }})

# The rules stand beside the template: in a checkout under src/, in an installation in the package around it.
template = Path(answers["_repo_dir"]).resolve()
home = template.parent / "src" if (template.parent / "src").is_dir() else template.parents[1]
sys.path.insert(0, str(home))


def problems_by_glassnet():
    """All of its rules; an ImportError where there is no glassnet."""
    from glassnet.publish.naming import ANSWERS, names, problems

    found = problems({answer: answers[answer] for answer in ANSWERS})
    if not found:
        try:
            from glassnet.publish.template import refuse_ours

            refuse_ours([(answers["kind"].partition(":")[0], names(answers["name"]).part)])
        except ImportError:  # this Python has cookiecutter, but not what glassnet runs on
            pass
        except Exception as error:
            found = [str(error)]
    return found


def problems_without_it():
    """In a copy of the template alone: what no package could live with. `glassnet new` knows more."""
    name, part = answers["name"], answers["__part"]
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", answers["__short"]):
        yield f"name {name!r}: write small letters a to z, digits and single dashes, a letter first."
    elif keyword.iskeyword(part) or part in sys.stdlib_module_names or hasattr(builtins, part):
        yield f"name {name!r} means something in Python already: choose another, such as 'my-{part}'."
    examples = sorted(file.stem.replace("_", ":") for file in template.glob("templates/*.md") if file.stem != "any")
    if answers["kind"] not in examples:
        yield f"there is no kind {answers['kind']!r}: write one of {', '.join(examples)}."
    for answer in ("description", "author", "email"):
        given = answers[answer]
        marks = ["{" + letter for letter in "%#{"]  # of the template language, which reads this file, too
        if not given.isprintable() or any(mark in given for mark in marks) or (answer == "email" and " " in given):
            yield f"{answer} {given!r}: write one line of ordinary characters."


try:
    found = problems_by_glassnet()
except ImportError:
    found = list(problems_without_it())
for problem in found:
    print(f"ERROR: {problem}", file=sys.stderr)
sys.exit(1 if found else 0)
