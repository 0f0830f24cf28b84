"""The background jobs: what runs, waits and has failed, the schedules and the workers."""

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wutong.base.errors import NotAllowed
from wutong.base.jobs.declared import label_of
from wutong.base.jobs.models import JobTicket, JobWorker
from wutong.base.jobs.queries import (
    counts_by_status,
    failed_jobs,
    job_schedules,
    job_workers,
    running_jobs,
    starts_at,
    waiting_jobs,
)
from wutong.base.jobs.reaping import is_lost
from wutong.base.jobs.rights import RETRY, SEE
from wutong.base.jobs.schedules import rhythm_words
from wutong.base.jobs.services import LOST_WORKER, retry_job
from wutong.ledgerkit.viewer import holder_of, now_of, today_of, viewer
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb, DetailPage, FormPage
from wutong.ui.panels import Stat, StatCards, TablePanel
from wutong.ui.responses import form_response, saved_response
from wutong.ui.tables import Cell, Column, Row, Table, Text

SHOWN = 50
"""So many rows of each kind stand on the page; the figures on top count all."""


@require_http_methods(["GET", "HEAD", "POST"])
def jobs(request: HttpRequest) -> HttpResponse:
    """The page; with `?retry=<task>` the question whether a failed job shall be tried again."""
    if not viewer(request).has(SEE):
        raise NotAllowed(_("您没有查看后台任务的权限。工作需要的，请向安全管理员申请。"))
    if "retry" in request.GET:
        return _retry(request, _failed_ticket(request.GET["retry"]))
    if request.method == "POST":
        raise Http404
    now = now_of(request)
    counts = counts_by_status()
    workers = list(job_workers())
    page = DetailPage(
        title=_("后台任务"),
        crumbs=[Crumb(_("系统")), Crumb(_("后台任务"))],
        main=[
            _figures(counts, [worker for worker in workers if not is_lost(worker, now)]),
            _failed_panel(list(failed_jobs()[:SHOWN]), can_retry=viewer(request).has(RETRY)),
            _running_panel(list(running_jobs()[:SHOWN]), now),
            _waiting_panel(list(waiting_jobs()[:SHOWN])),
            _schedules_panel(),
            _workers_panel(workers, now),
        ],
    )
    return render(request, "ui/detail.html", {"page": page})


def _failed_ticket(text: str) -> JobTicket:
    try:
        task = UUID(text)
    except ValueError:
        raise Http404 from None
    ticket = JobTicket.objects.filter(pk=task).first()
    if ticket is None:
        raise Http404
    return ticket


def _retry(request: HttpRequest, ticket: JobTicket) -> HttpResponse:
    account = holder_of(request, RETRY)
    form = HouseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        retry_job(ticket, actor=account, now=now_of(request), on=today_of(request))
        return saved_response(request, reverse("jobs"))
    label = _("再试一次")
    page = FormPage(
        label,
        form,
        label,
        reverse("jobs"),
        intro=_("“%(job)s”会马上重新排队运行。上次失败的原因：%(reason)s")
        % {"job": label_of(ticket.code), "reason": reason_of(ticket)},
        crumbs=[Crumb(_("后台任务"), reverse("jobs")), Crumb(label)],
        action_href=request.get_full_path(),
        draft=False,
    )
    return form_response(request, page)


def reason_of(ticket: JobTicket) -> Text:
    """Why the last attempt came to nothing; what only a technician understands stands after the plain words."""
    if not ticket.error_class:
        return ""
    if ticket.error_class == LOST_WORKER:
        return _("运行到一半，后台进程中断了。")
    if ticket.error_class.startswith("wutong.base.errors."):
        return ticket.error_text
    kind = ticket.error_class.rpartition(".")[2]
    if kind == "TookTooLong":
        return _("运行时间超过上限，已被停止。")
    return _("程序出错：%(kind)s %(text)s") % {"kind": kind, "text": ticket.error_text}


def _figures(counts: dict[str, int], alive: list[JobWorker]) -> StatCards:
    failed = counts.get("FAILED", 0)
    return StatCards(
        [
            Stat(_("失败"), str(failed), _("项"), href="#failed", alarm=bool(failed)),
            Stat(_("正在运行"), str(counts.get("RUNNING", 0)), _("项"), href="#running"),
            Stat(_("等待运行"), str(counts.get("READY", 0)), _("项"), href="#waiting"),
            Stat(_("在岗的后台进程"), str(len(alive)), _("个"), href="#workers", alarm=not alive),
        ]
    )


def _failed_panel(tickets: list[JobTicket], *, can_retry: bool) -> TablePanel:
    columns = [
        Column("job", _("任务"), "name", phone="show"),
        Column("lamp", _("情况"), "lamp", phone="show"),
        Column("at", _("失败时间")),
        Column("reason", _("原因"), "long", phone="show"),
    ]
    if can_retry:
        columns.append(Column("retry", _("处理"), phone="show"))
    href = reverse("jobs")
    rows = [
        Row(
            str(ticket.pk),
            {
                "job": Cell(label_of(ticket.code), note=ticket.code),
                "lamp": Cell(_("失败"), lamp="red", note=_tried(ticket)),
                "at": Cell(_moment(ticket.task.finished_at)),
                "reason": Cell(reason_of(ticket)),
                "retry": Cell(_("再试一次"), href=f"{href}?retry={ticket.pk}"),
            },
        )
        for ticket in tickets
    ]
    return _panel("failed", _("失败的任务"), columns, rows, _("没有失败的任务。"))


def _running_panel(tickets: list[JobTicket], now: datetime) -> TablePanel:
    columns = [
        Column("job", _("任务"), "name", phone="show"),
        Column("lamp", _("情况"), "lamp", phone="show"),
        Column("since", _("开始时间"), phone="show"),
        Column("worker", _("后台进程")),
    ]
    rows = []
    for ticket in tickets:
        is_held = ticket.worker is not None and not is_lost(ticket.worker, now)
        lamp = Cell(_("正在运行"), lamp="green") if is_held else Cell(_("中断，等待重排"), lamp="yellow")
        cells = {
            "job": Cell(label_of(ticket.code), note=ticket.code),
            "lamp": lamp,
            "since": Cell(_moment(ticket.task.started_at)),
            "worker": Cell(str(ticket.worker or "")),
        }
        rows.append(Row(str(ticket.pk), cells))
    return _panel("running", _("正在运行的任务"), columns, rows, _("现在没有任务在运行。"))


def _waiting_panel(tickets: list[JobTicket]) -> TablePanel:
    columns = [
        Column("job", _("任务"), "name", phone="show"),
        Column("lamp", _("情况"), "lamp", phone="show"),
        Column("since", _("排队时间")),
        Column("from", _("最早开始时间"), phone="show"),
        Column("reason", _("上次失败的原因"), "long"),
    ]
    rows = []
    for ticket in tickets:
        lamp = (
            Cell(_("等待重试"), lamp="yellow", note=_tried(ticket))
            if ticket.attempts
            else Cell(_("排队"), lamp="grey")
        )
        start = starts_at(ticket)
        cells = {
            "job": Cell(label_of(ticket.code), note=ticket.code),
            "lamp": lamp,
            "since": Cell(_moment(ticket.task.enqueued_at)),
            "from": Cell(_moment(start) if start else _("随时")),
            "reason": Cell(reason_of(ticket)),
        }
        rows.append(Row(str(ticket.pk), cells))
    return _panel("waiting", _("等待运行的任务"), columns, rows, _("没有任务在等待。"))


def _schedules_panel() -> TablePanel:
    columns = [
        Column("job", _("任务"), "name", phone="show"),
        Column("rhythm", _("周期"), phone="show"),
        Column("last", _("上次运行时间")),
        Column("next", _("下次运行时间"), phone="show"),
    ]
    rows = [
        Row(
            item.name,
            {
                "job": Cell(label_of(item.name), note=item.name),
                "rhythm": Cell(rhythm_words(item.rhythm)),
                "last": Cell(_moment(item.last_at)),
                "next": Cell(_moment(item.next_at)),
            },
        )
        for item in job_schedules()
    ]
    return _panel("schedules", _("定时计划"), columns, rows, _("还没有定时计划。启动定时任务后会自动出现。"))


def _workers_panel(workers: list[JobWorker], now: datetime) -> TablePanel:
    columns = [
        Column("worker", _("主机与进程号"), "name", phone="show"),
        Column("lamp", _("情况"), "lamp", phone="show"),
        Column("since", _("启动时间")),
        Column("seen", _("最近报到时间"), phone="show"),
    ]
    rows = [
        Row(
            str(worker.pk),
            {
                "worker": Cell(str(worker)),
                "lamp": Cell(_("失联"), lamp="red")
                if is_lost(worker, now)
                else Cell(_("在岗"), lamp="green"),
                "since": Cell(_moment(worker.started_at)),
                "seen": Cell(_moment(worker.seen_at)),
            },
        )
        for worker in workers
    ]
    empty = _("没有后台进程在运行，任务会一直等待。请运维人员启动后台进程。")
    return _panel("workers", _("后台进程"), columns, rows, empty)


def _panel(id: str, title: str, columns: list[Column], rows: list[Row], empty: str) -> TablePanel:
    table = Table(title, columns, rows, len(rows), empty=empty)
    note = _("只列出前%(count)d项") % {"count": SHOWN} if len(rows) == SHOWN else ""
    return TablePanel(title=title, note=note, id=id, table=table, empty=empty)


def _tried(ticket: JobTicket) -> str:
    return _("已试%(count)d次") % {"count": ticket.attempts}


def _moment(moment: datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
