"""Reporting rounds (填报轮次): who owes which figures for which period, until when, and who has handed in late.

A ledger declares what is reported (`ReportKind`); opening, reminding, returning and locking are the same for all.
"""
