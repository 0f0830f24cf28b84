"""Dispatch meetings (调度会): the leaders go through red and yellow projects; what they decide becomes work while they
speak.

Practice: every Monday, ordered by lead official. What is decided opens a rectification, moves a responsibility or
issues an order in the moment it is typed; the next meeting opens with what became of it; the minutes go out in the
official layout, signed by the chair and not by who wrote them.
"""
