"""Refuses bad answers, with the rules of `glassnet new`, when cookiecutter itself renders the template."""

import json
import sys
from pathlib import Path

answers = json.loads({{ cookiecutter | jsonify | pprint }})

# The rules stand beside the template: in a checkout under src/, in an installation in the package around it.
template = Path(answers["_repo_dir"]).resolve()
home = template.parent / "src" if (template.parent / "src").is_dir() else template.parents[1]
sys.path.insert(0, str(home))

from glassnet.publish.naming import ANSWERS, names, problems  # noqa: E402

found = problems({answer: answers[answer] for answer in ANSWERS})
if not found:
    try:
        from glassnet.publish.template import refuse_ours

        refuse_ours([(answers["kind"].partition(":")[0], names(answers["name"]).part)])
    except ImportError:  # this Python has cookiecutter, but not what glassnet runs on
        pass
    except Exception as error:
        found = [str(error)]
for problem in found:
    print(f"ERROR: {problem}", file=sys.stderr)
sys.exit(1 if found else 0)
