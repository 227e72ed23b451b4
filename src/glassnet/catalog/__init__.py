"""Every part found on this machine, and who provides it.

A person writes a phrase (`adam:lr=0.01`); the catalog finds the part behind its name, checks and fills in
the options, and builds it. Parts come from our own modules and from guests, which are other people's
packages or single files; a guest that is broken is set aside with a reason, and nothing else happens.
"""

from .discovery import Catalog, ambiguous_names, known_kind
from .guests import Guest, NearMiss, canonical, near_miss_groups
from .options import Option
from .parts import Choice, Part
from .phrases import Phrase

__all__ = [
    "Catalog",
    "Choice",
    "Guest",
    "NearMiss",
    "Option",
    "Part",
    "Phrase",
    "ambiguous_names",
    "canonical",
    "known_kind",
    "near_miss_groups",
]
