"""Supervision orders (督办): a leader's order to one unit, with a day to answer by and somebody else who ends it.

Practice: an everyday order (日常督办) that is not answered is listed (挂牌督办: a leader by name, the zone's public list, a
shorter day), then the unit is called in (约谈). Orders come from leaders' written instructions (领导批示), by hand, and
from other ledgers.
"""
