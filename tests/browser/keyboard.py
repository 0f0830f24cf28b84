"""A person without a mouse: presses keys, and hears where the focus is."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

FARTHEST = 150
"""So many presses of Tab are patience enough."""
HEARD = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
  const words = at.getAttribute("aria-label") || label || at.innerText || at.value || "";
  return words.replace(/\\s+/g, " ").trim();
}"""
CHOSEN = "document.activeElement.selectedOptions[0].text"


class Keyboard:
    """What is done with keys alone. `to` walks with Tab until what has the focus begins with the given words."""

    def __init__(self, page: "Page") -> None:
        self.page = page

    @property
    def heard(self) -> str:
        """The name of what has the focus."""
        words: str = self.page.evaluate(HEARD)
        return words

    def to(self, words: str, *, key: str = "Tab") -> None:
        passed = []
        for _step in range(FARTHEST):
            if self.heard.startswith(words):
                return
            passed.append(self.heard)
            self.page.keyboard.press(key)
        raise AssertionError(f"the keyboard does not reach “{words}”; it passed {passed[:60]}")

    def open(self, words: str) -> None:
        """Follow a link to another page."""
        self.to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def press(self, words: str, *, drawer: bool = False) -> None:
        """Press a button or a link that opens a drawer or answers in one."""
        self.to(words)
        self.page.keyboard.press("Enter")
        if drawer:
            self.page.wait_for_selector("dialog[open]")

    def skip_to_content(self) -> None:
        self.to("跳到正文")
        self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        self.to(label)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        """Walk down a closed list until it shows the option."""
        self.to(label)
        self.page.keyboard.press("Home")
        for _step in range(FARTHEST):
            if self.page.evaluate(CHOSEN).startswith(option):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"“{label}” does not offer “{option}”")

    def pick_day(self, label: str, day: date) -> None:
        """Type a day into a date field, in whichever order this browser asks for its parts."""
        self.to(label)
        for text in (f"{day:%m%d%Y}", f"{day:%Y}\t{day:%m%d}"):
            for part in text.split("\t"):
                self.page.keyboard.type(part)
                if part != text.split("\t")[-1]:
                    self.page.keyboard.press("ArrowRight")
            if self.page.evaluate("document.activeElement.value") == day.isoformat():
                return
            for _part in range(3):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"“{label}” does not take {day}")

    def hand_in(self, label: str, name: str, content: bytes, kind: str) -> None:
        """A file for the focused field: the dialog of the system cannot be driven from here."""
        self.to(label)
        assert self.page.evaluate("document.activeElement.type") == "file"
        self.page.locator("input[type=file]:focus").set_input_files(
            {"name": name, "mimeType": kind, "buffer": content}
        )

    def sign_in(self, name: str, password: str) -> None:
        self.write("登录名", name)
        self.write("密码", password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def sign_out(self, user: str) -> None:
        self.page.keyboard.press("Control+Home")
        self.to(user)
        self.page.keyboard.press("Enter")
        self.to("退出")
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
