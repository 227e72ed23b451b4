"""What an HTML page must be, read with the standard library's parser: balanced, labelled, whole in itself."""

import re
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
BLOCKS = {"p", "div", "section", "table", "ul", "dl", "pre", "h1", "h2", "h3", "figure", "article", "details"}


class Page(HTMLParser):
    """A page as it was parsed; `troubles` says in words what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.troubles: list[str] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.troubles += [f"<{tag}> is never closed" for tag in self._open]
        self._check()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS and "p" in self._open:
            self.troubles.append(f"<{tag}> inside <p>")
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.troubles.append(f"<{tag}> has an attribute twice")
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)
        self._apart(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1] != tag:
            self.troubles.append(f"</{tag}> closes <{self._open[-1] if self._open else 'nothing'}>")
        elif self._open:
            self._open.pop()
        self._apart(tag)

    def _apart(self, tag: str) -> None:
        """Words before and behind a tag are apart, but for a link's: a comma may follow it."""
        if tag != "a":
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def _check(self) -> None:
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        self.troubles += [f"id {one!r} twice" for one in {*ids} if ids.count(one) > 1]
        for tag, attributes in self.tags:
            self._check_tag(tag, attributes, ids)
        levels = [int(tag[1]) for tag, _ in self.tags if re.fullmatch("h[1-6]", tag)]
        if levels.count(1) != 1 or any(after > before + 1 for before, after in pairwise(levels)):
            self.troubles.append(f"headings {levels}")
        if len(self.all("title")) != 1 or not self.all("html") or not self.all("html")[0].get("lang"):
            self.troubles.append("no title or language")

    def _check_tag(self, tag: str, attributes: dict[str, str], ids: list[str]) -> None:
        if tag in ("script", "iframe", "object", "embed", "link", "form", "base"):
            self.troubles.append(f"a page has no <{tag}>")
        if tag == "img" and not attributes.get("alt"):
            self.troubles.append("<img> without alt")
        told = attributes.get("role") == "img" and attributes.get("aria-label")
        if tag == "svg" and not told and attributes.get("aria-hidden") != "true":  # a window on a drawing that has one
            self.troubles.append("<svg> without a label")
        for name, value in attributes.items():
            if name.startswith("on"):
                self.troubles.append(f"<{tag}> has {name}")
            if name in ("href", "xlink:href", "src") and not value.startswith(("#", "data:image/png;base64,")):
                self.troubles.append(f"<{tag}> loads {value!r}")
            if name in ("href", "xlink:href", "aria-labelledby") and not value.startswith("data:"):
                missing = value.removeprefix("#") not in ids
                self.troubles += [f"<{tag}> points to {value!r}, which is nowhere"] * missing
            self.troubles += [
                f"<{tag}> points to #{one}" for one in re.findall(r"url\(#([^)]*)\)", value) if one not in ids
            ]
