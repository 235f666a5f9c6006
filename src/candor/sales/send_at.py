"""When an education step is sent: `now`, `10:00`, `+1d` or `+1d 10:00`."""

import re

_FORM = re.compile(r"^(?:\+(?P<days>\d{1,3})\s*[dд])?\s*(?P<clock>(?:[01]?\d|2[0-3]):[0-5]\d)?$")
_MORNING = "10:00"


def canonical_send_at(text: str) -> str | None:
    """The same time as `HH:MM` or `+Nd HH:MM` of the client's zone, "" for at once; None when it
    can't be understood."""
    plain = " ".join(text.lower().split())
    if plain in ("now", "сразу"):
        return ""
    match = _FORM.match(plain)
    if match is None or not plain:
        return None
    clock = (match["clock"] or _MORNING).zfill(5)
    return f"+{int(match['days'])}d {clock}" if match["days"] else clock
