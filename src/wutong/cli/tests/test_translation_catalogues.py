"""Texts are found in programs and templates, and every language says all of them."""

import gettext
from collections.abc import Callable
from pathlib import Path

import pytest

from wutong.cli.commands import translations
from wutong.cli.translations import catalogues, checks, extraction, traditional

MODULE = """
from django.utils.translation import gettext_lazy as _, ngettext_lazy, pgettext

SIGNED = _("签约项目")
LONG = _("第一句，"
         "第二句。")
COUNT = ngettext_lazy("%(count)d 个项目", "%(count)d 个项目", "count")
LAMP = pgettext("lamp", "红")
NOT_OURS = "不翻译"
"""
TEMPLATE = """{% load i18n %}
<ul>
    <li title="{{ _("标题") }}">{% translate "签约项目" %}</li>
  <li>{% translate '说"好"' context "speech" %}</li>
      <li>{% blocktranslate trimmed with name=project.name %}
        项目 {{ name }}
        已开工，完成 100%
      {% endblocktranslate %}</li>
 <p>{% if x == _("甲") %}don't (break{% endif %}</p>
  {# Translators: 说明 #}
  {% blocktranslate count n=rows %}{{ n }} 行{% plural %}{{ n }} 行{% endblocktranslate %}
</ul>
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "product"
    (root / "ledgers/templates/ledgers").mkdir(parents=True)
    (root / "ledgers/tests").mkdir()
    (root / "ledgers/models.py").write_text(MODULE, encoding="utf-8")
    (root / "ledgers/tests/test_it.py").write_text('_("只在测试里")', encoding="utf-8")
    (root / "ledgers/templates/ledgers/list.html").write_text(TEMPLATE, encoding="utf-8")
    return root


def translate_all(package: Path, answer: Callable[[str], str]) -> None:
    path = catalogues.catalogue_path(package, "en")
    catalogue = catalogues.read_catalogue(path, "en")
    for entry in catalogues.entries(catalogue).values():
        text = answer(catalogues.singular(entry))
        entry.string = text if isinstance(entry.id, str) else (text, text)
    catalogues.write_catalogue(path, catalogue)


def english_problems(package: Path) -> list[str]:
    return [line for line in translations.find_problems(package) if line.startswith("en：")]


def test_texts_of_programs_and_templates_are_found(package: Path) -> None:
    texts = {text.key: text for text in extraction.find_texts(package)}
    assert set(texts) == {
        ("", "签约项目"),
        ("", "第一句，第二句。"),
        ("", "%(count)d 个项目"),
        ("lamp", "红"),
        ("", "标题"),
        ("speech", '说"好"'),
        ("", "项目 %(name)s 已开工，完成 100%%"),
        ("", "甲"),
        ("", "%(n)s 行"),
    }
    assert texts["", "%(n)s 行"].plural == "%(n)s 行"
    assert texts["", "签约项目"].places == (
        "product/ledgers/models.py",
        "product/ledgers/templates/ledgers/list.html",
    )


def test_extracting_keeps_what_was_translated_and_drops_what_is_gone(package: Path) -> None:
    translations.extract(package)
    translate_all(package, lambda text: "Signed" if text == "签约项目" else "")
    module = package / "ledgers/models.py"
    module.write_text(MODULE.replace('pgettext("lamp", "红")', '_("新的")'), encoding="utf-8")
    translations.extract(package)
    entries = catalogues.entries(catalogues.read_catalogue(catalogues.catalogue_path(package, "en"), "en"))
    assert entries["", "签约项目"].string == "Signed"
    assert entries["", "新的"].string == ""
    assert ("lamp", "红") not in entries


def test_extracting_twice_changes_nothing(package: Path) -> None:
    translations.extract(package)
    paths = [catalogues.catalogue_path(package, language) for language in catalogues.LANGUAGES]
    first = [path.read_bytes() for path in paths]
    translations.extract(package)
    assert [path.read_bytes() for path in paths] == first
    assert b"Date" not in first[0]
    assert b"Plural-Forms" in first[0]


def test_an_untranslated_text_is_named(package: Path) -> None:
    translations.extract(package)
    translate_all(package, lambda text: "" if text == "标题" else text)
    assert english_problems(package) == [
        "en：缺少译文「标题」（product/ledgers/templates/ledgers/list.html）"
    ]


def test_a_complete_catalogue_has_no_problems(package: Path) -> None:
    translations.extract(package)
    translate_all(package, lambda text: text)
    assert translations.find_problems(package) == []


def test_fuzzy_extra_and_obsolete_entries_are_named(package: Path) -> None:
    translations.extract(package)
    translate_all(package, lambda text: text)
    path = catalogues.catalogue_path(package, "en")
    source = path.read_text(encoding="utf-8")
    source = source.replace('msgid "标题"', '#, fuzzy\nmsgid "标题"')
    source += '\nmsgid "没人用"\nmsgstr "unused"\n\n#~ msgid "旧的"\n#~ msgstr "old"\n'
    path.write_text(source, encoding="utf-8")
    found = "\n".join(english_problems(package))
    assert "译文待确认（fuzzy）「标题」" in found
    assert "多余的条目「没人用」" in found
    assert "已作废的条目「旧的」" in found


@pytest.mark.parametrize(
    ("original", "translated", "same"),
    [
        ("第 %(n)d 位", "Rank %(n)d", True),
        ("第 %(n)d 位", "Rank %(m)d", False),
        ("第 %(n)d 位", "Rank", False),
        ("%s 和 %s", "%s and %s", True),
        ("%s 和 %s", "%s", False),
        ("{name}已办结", "{name} is done", True),
        ("{name}已办结", "{nome} is done", False),
        ("完成 100%%", "100%% done", True),
    ],
)
def test_placeholders_that_differ_are_seen(original: str, translated: str, same: bool) -> None:
    assert (checks.placeholders(original) == checks.placeholders(translated)) is same


def test_an_english_singular_may_leave_the_number_out_and_a_plural_may_not(package: Path) -> None:
    translations.extract(package)
    translate_all(package, lambda text: text)
    path = catalogues.catalogue_path(package, "en")
    catalogue = catalogues.read_catalogue(path, "en")
    entry = catalogues.entries(catalogue)["", "%(n)s 行"]
    entry.string = ("one row", "%(n)s rows")
    catalogues.write_catalogue(path, catalogue)
    assert english_problems(package) == []
    entry.string = ("one row", "rows")
    catalogues.write_catalogue(path, catalogue)
    assert [line for line in english_problems(package) if "占位符" in line]


def test_traditional_chinese_keeps_the_fields_terms_and_obeys_the_glossary() -> None:
    convert = traditional.converter({"台账": "台帳", "于集": "于集"})
    assert convert("项目推进") == "項目推進"
    assert convert("聊城于集镇的项目台账，%(count)d 个") == "聊城于集鎮的項目台帳，%(count)d 個"


def test_a_traditional_text_that_was_edited_by_hand_is_named(package: Path) -> None:
    translations.extract(package)
    translate_all(package, lambda text: text)
    path = catalogues.catalogue_path(package, "zh_Hant")
    path.write_text(path.read_text(encoding="utf-8").replace("簽約項目", "簽約專案"), encoding="utf-8")
    assert translations.find_problems(package) == [
        "zh_Hant：与自动转换的结果不同「签约项目」（product/ledgers/models.py）"
    ]


def test_a_compiled_catalogue_answers_and_an_untranslated_text_stays_as_it_is(package: Path) -> None:
    translations.extract(package)
    translate_all(package, lambda text: "Signed projects" if text == "签约项目" else "")
    translations.compile_all(package)
    path = catalogues.catalogue_path(package, "en").with_suffix(".mo")
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("签约项目") == "Signed projects"
    assert compiled.gettext("标题") == "标题"
    assert [other.name for other in path.parent.glob("*.mo*")] == ["django.mo"]
