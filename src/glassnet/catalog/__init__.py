"""Every part found on this machine, and who provides it.

A person writes a phrase (`adam:lr=0.01`); the catalog finds the part behind its name, checks and fills in
the options, and builds it. Parts come from our own modules and from guests, which are other people's
packages or single files; a guest that is broken is set aside with a reason, and nothing else happens.
"""

from .calling import asked_for
from .commands import as_command, command_of, refusal, typed
from .curves import DRAWN, Curve, curve_of, factors_of
from .discovery import Catalog, ambiguous_names, known_kind
from .faces import options_table
from .faults import explain, raised_by_hand
from .guests import Guest, NearMiss, canonical, installed, near_miss_groups
from .makers import Made, Maker, code_of, makers_of, told_makers
from .options import Option, write
from .parts import GIVEN, Choice, Part, kind_of_function, read_part
from .phrases import Phrase

__all__ = [
    "DRAWN",
    "GIVEN",
    "Catalog",
    "Choice",
    "Curve",
    "Guest",
    "Made",
    "Maker",
    "NearMiss",
    "Option",
    "Part",
    "Phrase",
    "ambiguous_names",
    "as_command",
    "asked_for",
    "canonical",
    "code_of",
    "command_of",
    "curve_of",
    "explain",
    "factors_of",
    "installed",
    "kind_of_function",
    "known_kind",
    "makers_of",
    "near_miss_groups",
    "options_table",
    "raised_by_hand",
    "read_part",
    "refusal",
    "told_makers",
    "typed",
    "write",
]
