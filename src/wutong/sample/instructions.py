"""Leaders' instructions of the sample zone: one whose orders are under way, one that is closed, and a listed order."""

from datetime import date, timedelta

from wutong.cases.act import act
from wutong.cases.models import Case
from wutong.ledgers.supervision_orders.services import NewInstruction, NewOrder, enter_instruction
from wutong.registers.organisation.actors import SYSTEM
from wutong.sample.organisation import Zone
from wutong.sample.papers import morning


def build_instructions(zone: Zone, today: date) -> None:
    """The first has an answered order, one on time and one that was listed; the second is done."""
    leader, received_by = zone.officials["周明远"], zone.officials["秦舒"]
    first = _enter(
        zone,
        today - timedelta(days=12),
        NewInstruction(
            leader=leader,
            given_on=today - timedelta(days=13),
            document_title="关于三季度重点项目用地保障情况的报告（示例）",
            document_no="示例报〔2026〕12号",
            text="请自然资源分局牵头，逐宗列出堵点，两周内拿出办法。（示例）",
            urgency="urgent",
            received_by=received_by,
            orders=[
                NewOrder(zone.units["land"], "逐宗列出用地堵点和解决时限", person=zone.officials["许可欣"]),
                NewOrder(
                    zone.units["construction"],
                    "配合核对施工许可卡点",
                    today + timedelta(days=9),
                    zone.officials["雷震"],
                ),
                NewOrder(zone.units["ecology"], "核对环评批复进度", person=zone.officials["段文博"]),
            ],
        ),
    )
    land, _construction, ecology = _orders(first)
    _take(ecology, "answer", today - timedelta(days=8), data={"answer": "已核对，两个项目本月批复。（示例）"})
    _take(
        land,
        "list_order",
        today - timedelta(days=3),
        data={"listing_words": "重点项目用地堵点清单逾期未报（示例）"},
        reason="超时未反馈",
    )
    second = _enter(
        zone,
        today - timedelta(days=40),
        NewInstruction(
            leader=zone.officials["韩东升"],
            given_on=today - timedelta(days=41),
            document_title="企业反映园区夜间照明不足（示例）",
            text="请建设管理部现场看，一周内修好。（示例）",
            received_by=received_by,
            orders=[NewOrder(zone.units["construction"], "修复照明", person=zone.officials["雷震"])],
        ),
    )
    (lights,) = _orders(second)
    done = today - timedelta(days=36)
    _take(lights, "answer", done, data={"answer": "照明已修复，附现场照片。（示例）"})
    _take(lights, "close", done)


def _enter(zone: Zone, on: date, new: NewInstruction) -> Case:
    return enter_instruction(new, actor=zone.actors["supervisor"], on=on, now=morning(on))


def _orders(instruction: Case) -> list[Case]:
    return list(Case.objects.filter(parent=instruction).order_by("pk"))


def _take(case: Case, verb: str, on: date, **step: object) -> None:
    act(Case.objects.get(pk=case.pk), verb, actor=SYSTEM, now=morning(on), effective_on=on, **step)
