"""The ledgers that are switched on: one line each. Their order is the order of the menu."""

LEDGERS = [
    "wutong.ledgers.project_push",
    "wutong.ledgers.supervision_orders",
    "wutong.ledgers.meetings",
]
