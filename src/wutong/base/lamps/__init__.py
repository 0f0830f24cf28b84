"""Lamp rules as dated editions. A ledger declares what it measures (`subjects`), an edition is copied, edited as a
draft and published (`services`), and the finder of the ledger judges with the one in force (`queries`).
"""
