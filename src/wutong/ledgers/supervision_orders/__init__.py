"""Supervision orders (督办): a leader's order to one unit, with a day to answer by and somebody else who ends it.

Practice: everyday orders (日常督办); listed orders and talks (挂牌、约谈) are further levels of the same paper.
"""
