"""The firms of the sample zone: about four hundred, invented, always the same. Pure, from a fixed seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from wutong.registers.enterprises.models import Status
from wutong.registers.enterprises.uscc import check_character

SEED = 20150601
COUNT = 400
FIRST = "恒禾衡睿众本岱量丰铭翰晟沛煜卓臻弘泽浩朗昊凯启辰旭川岳林森海云帆舟桥石玉锦绣华彩星辉光远景程鹏翔"
SECOND = "储泽动影算源铸测信诚达通联合创新力拓展讯驰捷润康宁和顺利安邦泰隆盛兴旺荣昌茂德润雅致远志毅博文"
INDUSTRIES = (
    # industry code, what stands in the name, parks where such firms sit, weight
    ("3841", "锂电", ("P3", "P1"), 5), ("3825", "光伏", ("P3", "BELT"), 4), ("2651", "树脂新材料", ("P3",), 4),
    ("3252", "铝箔新材料", ("P3", "P5"), 3), ("3240", "合金", ("P3",), 2), ("2720", "药业", ("P2",), 4),
    ("2770", "医用材料", ("P2",), 3), ("3584", "医疗器械", ("P2",), 4), ("3586", "康复器械", ("P2",), 2),
    ("3451", "轴承", ("P1", "P5"), 5), ("3491", "机器人", ("P1",), 3), ("3421", "机床", ("P1",), 3),
    ("3670", "汽车配件", ("P1", "P5"), 5), ("3591", "环保设备", ("P1",), 3), ("4011", "仪表", ("P1",), 3),
    ("3962", "智能终端", ("P4",), 3), ("3973", "集成电路", ("P4",), 2), ("6513", "软件", ("P4",), 6),
    ("6540", "数据服务", ("P4",), 3), ("6420", "信息服务", ("P4", "CORE"), 3), ("1713", "纺织", ("P5",), 3),
    ("1495", "食品", ("P5",), 4), ("5169", "商贸", ("CORE", "T2"), 6), ("5910", "物流", ("BELT",), 4),
    ("4790", "建设工程", ("T2", "T3"), 3),
)  # fmt: skip
FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "科技有限公司")
TAGS = ("规上", "高企", "外贸", "上市后备", "重点帮扶")
STATUSES = (
    [Status.OPERATING] * 36 + [Status.RESTING, Status.RESTING, Status.FOUNDING, Status.DEREGISTERED, Status.MOVED_OUT]
)  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
POSTS = ("总经理", "副总经理", "财务负责人", "办公室主任", "行政专员")
LAST_YEARS = 3


@dataclass(frozen=True)
class PlannedFirm:
    """`reports` are the values of a year by year, raw; `parent` is the place of the parent in the list."""

    name: str
    code: str
    former_name: str
    industry_code: str
    place: str
    address: str
    real_address: str
    founded_on: date
    capital_yuan: int
    status: str
    business: str
    contact: str
    post: str
    tags: tuple[str, ...] = ()
    parent: int | None = None
    reports: dict[int, dict[str, int]] = field(default_factory=dict)


def planned_firms(today: date) -> list[PlannedFirm]:
    """The first are those that invest in projects of the sample; all names differ."""
    dice = random.Random(SEED)  # noqa: S311
    words = [first + second for first in FIRST for second in SECOND]
    dice.shuffle(words)
    kinds = [row for row in INDUSTRIES for _weight in range(row[3])]
    return [_firm(number, words[number], dice.choice(kinds), dice, today) for number in range(COUNT)]


def _firm(
    number: int, word: str, kind: tuple[str, str, tuple[str, ...], int], dice: random.Random, today: date
) -> PlannedFirm:
    industry, thing, places, _weight = kind
    body = f"91379999MB{number:07d}"
    street, house = dice.choice(("示例路", "创新路", "梧桐大街", "湖滨路", "科技街")), dice.randint(1, 399)
    size = dice.choice((0.2, 0.5, 1, 1, 2, 5, 12))
    last_year = today.year - 1
    founded_on = today - timedelta(days=dice.randint(200, 7000))
    return PlannedFirm(
        name=f"梧桐{word}{thing}{dice.choice(FORMS)}",
        code=body + check_character(body),
        former_name=f"梧桐{word}贸易有限公司" if number % 23 == 5 else "",
        industry_code=industry,
        place=dice.choice(places),
        address=f"梧桐高新区{street}{house}号",
        real_address="" if number % 5 else f"梧桐高新区{street}{house + 2}号（示例）",
        founded_on=founded_on,
        capital_yuan=dice.choice((1, 2, 5, 10, 30, 100)) * 1_000_000,
        status=str(dice.choice(STATUSES).value),
        business=f"{thing}的研发、生产和销售（示例）",
        contact=dice.choice(SURNAMES) + dice.choice("经理主任工"),
        post=dice.choice(POSTS),
        tags=tuple(tag for tag in TAGS if dice.random() < 0.08),
        parent=number - 1 if number % 40 == 9 else None,
        reports={
            year: _report(dice, size * (1 + 0.1 * (year - last_year)))
            for year in range(last_year - LAST_YEARS + 1, last_year + 1)
            if founded_on.year <= year and number % 4 != 3
        },
    )


def _report(dice: random.Random, size: float) -> dict[str, int]:
    """A few sources say nothing about research: then there is no number."""
    staff = int(dice.randint(20, 160) * size) + 3
    revenue = int(staff * dice.randint(300, 900)) * 1000
    report = {
        "staff": staff,
        "revenue_yuan": revenue,
        "profit_yuan": revenue * dice.randint(-3, 12) // 100,
        "tax_yuan": revenue * dice.randint(1, 6) // 100,
    }
    if dice.random() < 0.7:
        report["rd_staff"] = max(1, staff * dice.randint(3, 25) // 100)
        report["rd_yuan"] = revenue * dice.randint(1, 9) // 100
    return report


def doubles(firms: Sequence[PlannedFirm]) -> list[tuple[str, str]]:
    """Three entries that are firms of the list once more, under another spelling: name and address."""
    return [
        (firms[12].name.replace("有限公司", "有限责任公司"), firms[12].address),
        (firms[47].name.replace("梧桐", "梧桐市"), firms[47].address),
        (firms[99].name.replace("（", "("), ""),
    ]
