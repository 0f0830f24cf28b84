"""Catalogues: extract texts, check that nothing is missing, compile."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import wutong
from wutong.cli.translations import catalogues, checks, extraction, traditional

NAME = "translations"
HELP = "提取、检查和编译译文"
NEEDS_DJANGO = False
PACKAGE = Path(wutong.__file__).parent


def configure(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="动作", required=True)
    for name, act, text in (
        ("extract", extract, "从程序和模板提取文字，更新译文目录"),
        ("compile", compile_all, "编译译文目录"),
        ("check", check, "检查有无缺少、待确认、作废或多余的译文"),
    ):
        acts.add_parser(name, help=text, description=text).set_defaults(act=act)


def run(options: argparse.Namespace) -> int:
    act: Callable[[Path], int] = options.act
    return act(PACKAGE)


def extract(package: Path) -> int:
    texts = extraction.find_texts(package)
    for language in catalogues.LANGUAGES:
        path = catalogues.catalogue_path(package, language)
        old = catalogues.read_catalogue(path, language)
        new = catalogues.renew(old, texts, language, _converter(package, language))
        catalogues.write_catalogue(path, new)
        waiting = sum(1 for entry in catalogues.entries(new).values() if not all(catalogues.strings(entry)))
        print(f"{language}：{len(texts)} 条，其中 {waiting} 条待译。")
    return 0


def compile_all(package: Path) -> int:
    for language in catalogues.LANGUAGES:
        count = catalogues.compile_catalogue(catalogues.catalogue_path(package, language), language)
        print(f"{language}：已编译 {count} 条。")
    return 0


def check(package: Path) -> int:
    found = find_problems(package)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


def find_problems(package: Path = PACKAGE) -> list[str]:
    """What is wrong in all languages, one line each."""
    texts = extraction.find_texts(package)
    found = []
    for language in catalogues.LANGUAGES:
        catalogue = catalogues.read_catalogue(catalogues.catalogue_path(package, language), language)
        found += checks.problems(catalogue, texts, language, _converter(package, language))
    return found


def _converter(package: Path, language: str) -> Callable[[str], str] | None:
    if language != catalogues.GENERATED:
        return None
    return traditional.converter(traditional.read_glossary(catalogues.glossary_path(package)))
