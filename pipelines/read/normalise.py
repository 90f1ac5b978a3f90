"""Normalising a text once, before it is stored and offsets into it are taken.

Only what no reader could miss is changed: line ends, control and zero-width characters, kinds of spaces. Words, script,
punctuation, digits and the number of spaces stay as they came; matching folds them itself.
"""

import re

_LINE_END = re.compile(r"[\r\u0085\u2028\u2029\x0b\x0c]")
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_CONTROL = "".join(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\n")
_CHARACTERS = str.maketrans(_SPACES, " " * len(_SPACES), _INVISIBLE + _CONTROL)
_ODD = re.compile(f"[{re.escape(_SPACES + _INVISIBLE + _CONTROL)}]")


def normalise(text: str) -> str:
    """Return `text` with plain line ends and spaces and without characters that cannot be seen."""
    # most texts hold no odd character but the two commonest spaces; looking is five times faster than translating
    text = _LINE_END.sub("\n", text.replace("\r\n", "\n")).replace("\u3000", " ").replace("\u00a0", " ")
    return text.translate(_CHARACTERS) if _ODD.search(text) else text
