"""What a browser calls itself, in two words a person knows: "Firefox 141, Windows"."""

import re
from typing import Final

_BROWSERS: Final = (
    ("Yandex", r"YaBrowser/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Edge", r"Edg(?:A|iOS)?/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:Chrome|HeadlessChrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+).* Safari/"),
)
"""The first that fits: most name Chrome and Safari too."""
_SYSTEMS: Final = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)


def browser_of(user_agent: str) -> str:
    """Empty for what is no browser that is known here; the name is a hint, never a proof."""
    for name, pattern in _BROWSERS:
        if found := re.search(pattern, user_agent):
            system = next((one for one, mark in _SYSTEMS if re.search(mark, user_agent)), "")
            return f"{name} {found[1]}" + (f", {system}" if system else "")
    return ""
