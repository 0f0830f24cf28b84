"""Raising the level of an order by hand: the form of every step, offered only where the level does rise."""

from django.http import HttpRequest, HttpResponse

from wutong.ledgerkit.act_pages import case_act
from wutong.ledgerkit.detail_pages import find_detail
from wutong.ledgers.supervision_orders.procedures import CALL_IN, LIST
from wutong.ledgers.supervision_orders.services import judge_rise


def list_order(request: HttpRequest, order: str) -> HttpResponse:
    return _raise(request, order, LIST)


def call_in(request: HttpRequest, order: str) -> HttpResponse:
    return _raise(request, order, CALL_IN)


def _raise(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """A level that is reached already is refused before anything is asked; the form itself is the usual one."""
    _ledger, _pages, detail = find_detail(request, "orders", number)
    judge_rise(detail, verb)
    return case_act(request, "orders", number, verb)
