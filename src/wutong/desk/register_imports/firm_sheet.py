"""The columns of a list of firms (企业名录), as real lists head them."""

from django.utils.translation import gettext_lazy as _

from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.registers.enterprises.models import Status

SEVERAL = _("几个之间用、隔开")

SHEET = Sheet(
    code="enterprises",
    name=_("企业名录"),
    key_columns=("name",),
    columns=(
        SheetColumn("name", _("企业名称"), required=True, synonyms=("单位名称", "公司名称", "企业全称", "名称")),
        SheetColumn(
            "code", _("统一社会信用代码"), max_length=30,
            synonyms=("社会信用代码", "信用代码", "统一信用代码", "统一社会信用代码(18位)", "企业代码"),
        ),
        SheetColumn(
            "former_names", _("曾用名"), max_length=500, synonyms=("曾用名称", "原名称", "企业曾用名", "更名前名称"),
            note=SEVERAL,
        ),
        SheetColumn(
            "registered_on", _("成立日期"), "date", synonyms=("成立时间", "注册时间", "注册日期", "登记日期")
        ),
        SheetColumn("address", _("注册地址"), synonyms=("住所", "企业地址", "登记地址", "注册地", "地址")),
        SheetColumn(
            "real_address", _("实际经营地址"),
            synonyms=("办公地址", "经营地址", "生产经营地址", "实际地址", "生产地址", "通讯地址"),
        ),
        SheetColumn(
            "place", _("所属镇街"), max_length=100,
            synonyms=(
                "所属镇街园区", "所属园区", "所在园区", "所在镇街", "镇街", "园区", "镇街(网格)", "所属镇街(网格)",
                "所属街道", "所属地域",
            ),
        ),
        SheetColumn(
            "industry_code", _("行业代码"), max_length=10,
            synonyms=("国民经济行业代码", "行业分类代码", "行业小类代码"),
        ),
        SheetColumn(
            "business", _("主营业务"), max_length=500, multiline=True,
            synonyms=("主要业务", "主营产品", "主要产品", "经营范围", "主营业务及产品"),
        ),
        SheetColumn("capital_yuan", _("注册资本"), "money", unit="万元", synonyms=("注册资金", "注册资本金")),
        SheetColumn("group_name", _("所属集团"), max_length=100, synonyms=("集团", "集团名称", "企业集团")),
        SheetColumn(
            "parent", _("母公司"), synonyms=("上级公司", "控股公司", "母公司名称", "上级企业"),
            note=_("写名称或统一社会信用代码；母公司须已登记，或也在表里"),
        ),
        SheetColumn(
            "status", _("经营状态"), "choice", synonyms=("企业状态", "登记状态", "状态", "运营状态"),
            choices={
                "筹建": Status.FOUNDING.value, "在营": Status.OPERATING.value, "存续": Status.OPERATING.value,
                "开业": Status.OPERATING.value, "正常": Status.OPERATING.value,
                "停产停业": Status.RESTING.value, "停产": Status.RESTING.value, "停业": Status.RESTING.value,
                "迁出": Status.MOVED_OUT.value, "吊销": Status.REVOKED.value, "注销": Status.DEREGISTERED.value,
            },
        ),
        SheetColumn("tags", _("标签"), max_length=300, synonyms=("企业标签", "资质标签"), note=SEVERAL),
        SheetColumn("contact", _("联系人"), max_length=50, synonyms=("企业联系人", "联系人姓名"), personal=True),
        SheetColumn("post", _("职务"), max_length=50, synonyms=("联系人职务",), personal=True),
        SheetColumn(
            "phone", _("联系电话"), max_length=30, synonyms=("联系方式", "电话", "手机", "手机号", "联系人电话"),
            personal=True,
        ),
        SheetColumn(
            "staff", _("职工人数"), "integer", unit="人", synonyms=("从业人数", "员工人数", "人员规模"),
            missing_marker=-1, note=_("是某一年的数，须另有“年度”列；没有年度的退回"),
        ),
        SheetColumn("year", _("年度"), "integer", unit="年", synonyms=("报告年份", "年份", "数据年度")),
    ),
)  # fmt: skip
