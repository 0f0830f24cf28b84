"""Accounts, roles, rights, passwords, sign-in and sessions.

Rights are names (`rights`), roles bundle them (`roles`), a grant gives a role to an account from a day on. There
is no superuser: even the three officers (系统、安全、审计) hold only the rights of their role.
"""
