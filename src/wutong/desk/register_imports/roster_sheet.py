"""The columns of a roster (花名册), as real ones head them."""

from django.utils.translation import gettext_lazy as _

from wutong.exchange.sheets import Sheet, SheetColumn
from wutong.registers.organisation.models import UnitKind

YES, NO = "yes", "no"

SHEET = Sheet(
    code="roster",
    name=_("花名册"),
    key_columns=("name", "unit"),
    columns=(
        SheetColumn("staff_no", _("工号"), max_length=30, synonyms=("职工编号", "人员编号", "编号", "工作证号")),
        SheetColumn("name", _("姓名"), required=True, max_length=50, synonyms=("人员姓名", "名字")),
        SheetColumn(
            "unit", _("单位"), required=True, max_length=100,
            synonyms=("部门", "所在单位", "所在部门", "科室", "工作单位", "单位(部门)"),
        ),
        SheetColumn(
            "parent", _("上级单位"), max_length=100, synonyms=("主管单位", "所属单位", "上级部门"),
            note=_("空着的直属管委会；写了的须已有，或也在“单位”列里"),
        ),
        SheetColumn(
            "kind", _("单位类别"), "choice", synonyms=("单位性质", "部门类别"),
            choices={str(kind.label): kind.value for kind in UnitKind if kind != UnitKind.COMMITTEE},
            note=_("空着的按名称判断：某某组、镇街、公司，其余是部门"),
        ),
        SheetColumn("post", _("职务"), max_length=50, synonyms=("岗位", "职位", "职务名称", "职务(岗位)")),
        SheetColumn(
            "is_head", _("是否负责人"), "choice", synonyms=("负责人", "单位负责人", "主要负责人"),
            choices={"是": YES, "√": YES, "Y": YES, "否": NO, "N": NO},
        ),
        SheetColumn(
            "phone", _("联系电话"), max_length=30, synonyms=("电话", "手机", "手机号", "手机号码", "联系方式"), personal=True
        ),
        SheetColumn("from_on", _("任职日期"), "date", synonyms=("任职时间", "到岗时间", "入职日期"), month_as="first_day"),
        SheetColumn(
            "login", _("登录名"), max_length=60, synonyms=("账号", "用户名", "登录账号"),
            note=_("空着的用姓名的拼音；没有角色的不建账号"),
        ),
        SheetColumn(
            "roles", _("角色"), max_length=100, synonyms=("系统角色", "权限角色", "岗位角色"), note=_("几个之间用、隔开")
        ),
    ),
)  # fmt: skip
