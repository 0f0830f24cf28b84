"""The columns of year data of firms (企业年度数据), as annual reports and statistics head them."""

from django.utils.translation import gettext_lazy as _

from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.registers.enterprises.measures import MEASURES, Measure

MARKER = -1
SYNONYMS = {
    "staff": ("从业人数", "员工人数", "从业人员", "从业人员期末人数", "在职员工人数"),
    "rd_staff": ("研发人员数", "研发人员数量", "研发人数", "科技活动人员"),
    "revenue_yuan": ("营收", "年营业收入", "营业总收入"),
    "main_revenue_yuan": ("主营收入",),
    "rd_yuan": ("研发投入", "研发经费", "研究开发费用", "研发支出"),
    "profit_yuan": ("归属净利润", "净利"),
    "tax_yuan": ("纳税额", "税收", "实缴税金", "年度合计纳税", "上交税金总额"),
    "assets_yuan": ("总资产", "资产总计"),
    "net_assets_yuan": ("所有者权益", "净资产总额"),
    "output_yuan": ("工业产值", "总产值"),
    "export_yuan": ("出口总额", "出口交货值"),
    "patents": ("发明专利数", "有效发明专利", "发明专利数量"),
}


def _measure(measure: Measure) -> SheetColumn:
    return SheetColumn(
        measure.code,
        measure.label,
        "money" if measure.kind == "yuan" else "integer",
        unit=measure.unit,
        synonyms=SYNONYMS.get(measure.code, ()),
        negative_allowed=measure.negative_allowed,
        missing_marker=MARKER,
    )


SHEET = Sheet(
    code="enterprise_years",
    name=_("企业年度数据"),
    columns=(
        SheetColumn("name", _("企业名称"), synonyms=("单位名称", "公司名称", "企业全称"), note=_("或写代码")),
        SheetColumn(
            "code", _("统一社会信用代码"), max_length=30, synonyms=("社会信用代码", "信用代码", "统一信用代码")
        ),
        SheetColumn(
            "year", _("年度"), "integer", unit="年", required=True,
            synonyms=("报告年份", "年份", "报告年度", "数据年度", "统计年度"),
        ),
        SheetColumn(
            "dated_on", _("来源日期"), "date", synonyms=("年报日期", "填报日期", "公告日期", "报告日期"),
            note=_("来源是哪一天的；空着按入库日"),
        ),
        SheetColumn("source", _("来源"), max_length=100, synonyms=("数据来源",), note=_("空着按文件名")),
        *(_measure(measure) for measure in MEASURES),
        SheetColumn(
            "rd_staff_ratio", _("研发人员比率"), max_length=50,
            synonyms=("研发人员比重", "研发人员占比", "研发人员比例"), note=_("由系统计算，不导入；只用来核对"),
        ),
        SheetColumn("address", _("注册地址"), synonyms=("住所",), note=_("只用来登记新企业")),
        SheetColumn(
            "real_address", _("实际经营地址"), synonyms=("办公地址", "经营地址"), note=_("只用来登记新企业")
        ),
    ),
)  # fmt: skip
