"""For which machines PyPI takes a wheel: only those whose tag says enough to know what will run there."""

from __future__ import annotations

import re

_MAC = "ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2"
_LINUX = "x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64"

#: One pattern a family. A plain `linux_x86_64` is missing: such a wheel was built against one Linux alone.
_TAKEN = (
    r"any",
    r"win32|win_arm64|win_amd64|win_ia64",
    r"linux_armv6l|linux_armv7l",  # the Raspberry Pi's, from before manylinux
    r"manylinux(1|2010)_(x86_64|i686)",
    r"manylinux2014_(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x)",
    rf"manylinux_\d+_\d+_({_LINUX}|ppc64)",
    rf"musllinux_\d+_\d+_({_LINUX})",
    rf"macosx_(10_\d+|(11|12|13|14|15|26)_0)_({_MAC})",
    r"ios_\d+_\d+_(arm64|x86_64)_(iphoneos|iphonesimulator)",
    r"android_\d+_(armeabi_v7a|arm64_v8a|x86|x86_64)",
    r"pyemscripten_\d+_\d+_wasm32",
)
_PLATFORM = re.compile("|".join(_TAKEN))


def is_platform(tag: str) -> bool:
    """Whether PyPI takes wheels for that platform."""
    return bool(_PLATFORM.fullmatch(tag))
