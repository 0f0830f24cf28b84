"""What a zone-wide right opens without a look at the case: the short way past `visible_cases` for whole lists.

Nothing is permitted here that `visible_cases` does not permit; a test compares the two.
"""

from wutong.ledgerkit.registry import ledgers
from wutong.registers.organisation.actors import Actor


def hidden_states(actor: Actor, case_type: str) -> frozenset[str] | None:
    """The states whose cases the actor's rights do not open; None when no right opens the type at all.

    Holds for a case that stands below no other one and has once been in an open state that is not restricted: whoever
    has rested or ended without ever having come out is as restricted as before, and only `visible_cases` knows that.
    """
    if actor.is_system:
        return frozenset()
    for ledger in ledgers():
        for kind in ledger.case_types:
            if kind.procedure.case_type == case_type:
                if not actor.has(ledger.see_all):
                    return None
                if ledger.see_restricted and actor.has(ledger.see_restricted):
                    return frozenset()
                return frozenset(kind.procedure.restricted_states())
    return None
