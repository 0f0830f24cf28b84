"""Administrative divisions and their boundaries from public files, and what lies at a point."""

import argparse
from datetime import date
from pathlib import Path

NAME = "places"
HELP = "装入行政区划代码表和边界，或查一个点在哪里"


def configure(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="动作", required=True)
    load = acts.add_parser("load", help="装入CSV代码表、GeoJSON边界，或整个文件夹；重复装入不会改变什么")
    load.add_argument("paths", nargs="+", type=Path, metavar="路径", help="文件或文件夹")
    load.add_argument("--year", type=int, metavar="年份", help="边界的年份，文件名里没有年份时要写")
    at = acts.add_parser("at", help="一个点属于哪个区划和哪些地域单元")
    at.add_argument("lon", type=float, metavar="经度")
    at.add_argument("lat", type=float, metavar="纬度")
    at.add_argument("--on", type=date.fromisoformat, metavar="日期", help="哪一天，默认今天")


def run(options: argparse.Namespace) -> int:
    if options.act == "load":
        return _load(options.paths, options.year)
    return _at(options.lon, options.lat, options.on)


def _load(paths: list[Path], year: int | None) -> int:
    from wutong.registers.places.loading import load_paths

    load = load_paths(paths, year=year)
    for item in load.files:
        counts = item.counts
        print(
            f"{item.name}\t新增{counts.new}\t变更{counts.changed}\t未变{counts.unchanged}\t拒绝{len(item.refused)}"
        )
        for words in item.repaired:
            print(f"  修复：{words}")
        for words in item.refused:
            print(f"  拒绝：{words}")
    for code, count in load.missing.items():
        print(f"缺上级区划{code}：{count}行暂时没有上级。")
    if not load.has_changed:
        print("没有变化。")
    return 1 if any(item.refused for item in load.files) else 0


def _at(lon: float, lat: float, on: date | None) -> int:
    from django.utils import timezone

    from wutong.registers.places.lookup import division_at, units_at

    division = division_at(lon, lat)
    print(f"行政区划\t{division.code}\t{division.name}" if division else "行政区划\t没有边界包含这个点")
    units = units_at(lon, lat, on or timezone.localdate(timezone.now()))
    for unit in units.values():
        print(f"{unit.get_kind_display()}\t{unit.code}\t{unit.name}")
    if not units:
        print("没有地域单元包含这个点。")
    return 0
