"""docs/benchmarks.md as several programs write it: each replaces its own chapter and leaves the others.

A chapter begins with a line `# Title` and ends where the next one begins.
"""

import re
from pathlib import Path

_CHAPTER = re.compile(r"^# (.+)$", re.MULTILINE)


def chapters(text: str) -> dict[str, str]:
    """The chapters of a page by title, in order, each with its heading."""
    heads = list(_CHAPTER.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {head[1]: text[head.start() : end].strip() for head, end in zip(heads, ends, strict=True)}


def write_chapter(path: Path, title: str, body: str) -> None:
    """Put `body` (Markdown without the heading) below `title`, in its place or at the end of the page."""
    known = chapters(path.read_text(encoding="utf-8")) if path.exists() else {}
    known[title] = f"# {title}\n\n{body.strip()}"
    path.write_text("\n\n".join(known.values()) + "\n", encoding="utf-8")
