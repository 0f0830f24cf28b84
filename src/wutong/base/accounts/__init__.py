"""Accounts, roles, passwords, sessions."""
