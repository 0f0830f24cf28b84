"""Style sheets, scripts and templates keep the strict Content-Security-Policy and the rules of the look."""

import re
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[1]
STATIC = UI / "static" / "ui"
TEMPLATES = sorted((UI / "templates").rglob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.mjs"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_styles_or_scripts_inline(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|javascript:|\son[a-z]+=", text)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert "|safe" not in text and "autoescape off" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_chinese_word_of_a_template_can_be_translated(path):
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"{%\s*translate.*?%}|{%\s*blocktranslate.*?endblocktranslate\s*%}", "", text, flags=re.S)
    assert not re.findall(r"[\u4e00-\u9fff]+", text)


@pytest.mark.parametrize("name", ["components.css", "pages.css"])
def test_colours_come_from_the_tokens(name):
    css = re.sub(r"/\*.*?\*/", "", (STATIC / name).read_text(encoding="utf-8"), flags=re.S)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", css)


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_style_sheets_keep_to_what_the_oldest_browser_knows_and_balance_their_braces(path):
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert css.count("{") == css.count("}")
    assert "light-dark(" not in css and "color-mix(" not in css and "@import" not in css


def test_every_token_that_is_used_is_defined():
    sheets = [path.read_text(encoding="utf-8") for path in STATIC.glob("*.css")]
    defined = {name for css in sheets for name in re.findall(r"(--[\w-]+)\s*:", css)}
    used = {name for css in sheets for name in re.findall(r"var\((--[\w-]+)", css)}
    assert used <= defined


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_modules_import_what_exists_and_evaluate_nothing(path):
    text = path.read_text(encoding="utf-8")
    for module in re.findall(r'from "\./([\w.-]+)"', text):
        assert (path.parent / module).is_file()
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write", text)
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"//.*", "", text)), (
        "words come from the server, translated"
    )


def scripts_loaded(template: Path) -> set[Path]:
    """The modules that a template asks for, with what they import."""
    waiting = [
        STATIC / "js" / name for name in re.findall(r"ui/js/([\w.-]+\.mjs)", template.read_text("utf-8"))
    ]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            imported = re.findall(r'from "\./([\w.-]+)"', path.read_text(encoding="utf-8"))
            waiting += [path.parent / name for name in imported]
    return found


def test_the_scripts_of_a_page_stay_small():
    frame = scripts_loaded(UI / "templates" / "ui" / "page.html")
    assert len(frame) > 5
    pages = {path: frame | scripts_loaded(path) for path in UI.parent.rglob("templates/**/*.html")}
    assert {path for scripts in pages.values() for path in scripts} == set(SCRIPTS), (
        "a script that no page loads"
    )
    for page, scripts in pages.items():
        assert sum(len(path.read_bytes()) for path in scripts) < 20_000, page
