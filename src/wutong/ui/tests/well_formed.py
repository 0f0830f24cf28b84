"""A strict reader of rendered pages: what the house promises about every piece of HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img", "wbr", "col"}
NOT_NESTED = {"a", "form", "button", "label"}
REFERENCES = ("for", "form", "aria-labelledby", "aria-describedby")


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    parent: "Element | None"
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    @property
    def css(self) -> list[str]:
        return self.attrs.get("class", "").split()

    @property
    def all_text(self) -> str:
        """The words inside, in the order of the page, white space squeezed."""
        return " ".join(self.text.split())

    def inside(self, tag: str) -> bool:
        return self.parent is not None and (self.parent.tag == tag or self.parent.inside(tag))

    def find(self, tag: str = "", css: str = "", **attrs: str) -> list["Element"]:
        found = []
        for child in self.children:
            matches = (not tag or child.tag == tag) and (not css or css in child.css)
            if matches and all(
                child.attrs.get(name.replace("_", "-")) == value for name, value in attrs.items()
            ):
                found.append(child)
            found.extend(child.find(tag, css, **attrs))
        return found

    def one(self, tag: str = "", css: str = "", **attrs: str) -> "Element":
        found = self.find(tag, css, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag}.{css} {attrs}"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {}, None)
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute stands twice in <{tag}>: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open[-1])
        assert "style" not in names and tag != "style", f"inline style in <{tag}>"
        assert not [name for name in names if name.startswith("on")], f"inline script in <{tag}>"
        assert tag != "script" or "src" in names, "inline script"
        if tag in NOT_NESTED:
            assert not element.inside(tag), f"<{tag}> inside <{tag}>"
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read(html: str) -> Element:
    """The tree of a page or a piece of one; fails when a promise of the house is broken.

    Every tag is closed, every id is unique, every reference leads somewhere, nothing is styled or scripted inline.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root], f"<{reader.open[-1].tag}> is never closed"
    everything = reader.root.find()
    ids = [element.attrs["id"] for element in everything if "id" in element.attrs]
    assert len(ids) == len(set(ids)), f"ids stand twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    for element in everything:
        for name in REFERENCES:
            for target in element.attrs.get(name, "").split():
                assert target in ids, f"{name}={target} leads nowhere"
    return reader.root
