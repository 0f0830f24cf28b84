"""What the clerk reads when a workbook cannot be read."""

from django.utils.translation import gettext_lazy as _

from wutong.base.errors import Refused
from wutong.exchange.reading.unreadable import Unreadable

SENTENCES = {
    "not_workbook": _("这不是 Excel 工作簿。请在 Excel 或 WPS 中打开，另存为 .xlsx 后再上传。"),
    "web_page": _("这不是 Excel 工作簿：文件内容是网页。请在 Excel 或 WPS 中打开，另存为 .xlsx 后再上传。"),
    "other_document": _(
        "这不是 Excel 工作簿，可能是 Word 等其他文件。请上传 Excel 工作簿（.xlsx 或 .xls）。"
    ),
    "binary_workbook": _("这是 .xlsb 二进制工作簿，不能导入。请另存为 .xlsx 后再上传。"),
    "macros": _("工作簿带有宏，不能导入。请另存为不带宏的 .xlsx 后再上传。"),
    "password": _("工作簿有打开密码，不能读取。请在 Excel 中去掉密码后再上传。"),
    "damaged": _("工作簿已损坏或没有传完整。请在 Excel 或 WPS 中打开检查，另存为 .xlsx 后再上传。"),
    "bomb": _("工作簿解压后过大，不能读取。请删去不需要的工作表和图片，另存为 .xlsx 后再上传。"),
    "entities": _(
        "工作簿里有不允许的声明（DTD 或实体），不能读取。请在 Excel 中打开，另存为 .xlsx 后再上传。"
    ),
    "too_many_sheets": _("工作簿的工作表超过%(limit)d张。请只留要导入的工作表后再上传。"),
    "too_far": _(
        "工作表“%(sheet)s”的内容一直延伸到 %(cell)s 单元格，太大了（每张表最多%(rows)d行、%(columns)d列）。"
        "请删除右侧和下方的空白区域后再上传。"
    ),
    "too_many_cells": _("工作表“%(sheet)s”有内容的单元格超过%(limit)d个。请分成几个工作簿上传。"),
    "memory": _("读取工作簿时超出内存上限，已停止；没有写入任何数据。请分成几个较小的工作簿上传。"),
    "time": _("读取工作簿超过%(seconds)d秒，已停止；没有写入任何数据。请分成几个较小的工作簿上传。"),
    "stopped": _(
        "读取工作簿时中断：文件已损坏或太大；没有写入任何数据。请在 Excel 中打开检查，另存为 .xlsx 后再上传。"
    ),
}


def refusal(unreadable: Unreadable) -> Refused:
    """The refusal in words; an unknown code reads as a workbook that stopped the reader."""
    sentence = SENTENCES.get(unreadable.code)
    if sentence is None:
        sentence = SENTENCES["stopped"]
    try:
        return Refused(sentence % unreadable.detail)
    except (KeyError, TypeError, ValueError):
        return Refused(SENTENCES["stopped"])
