"""Who may run rounds. Who hands in is no right but follows from the case: see `seats_of`."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from wutong.base.accounts.rights import Right, declare_rights, known_right
from wutong.base.errors import NotAllowed
from wutong.registers.organisation.actors import Actor

RUN = "rounds.run"

declare_rights(Right(RUN, _("组织填报"), _("发起填报轮次，催报，退回，锁定。")))


def require(actor: Actor, right: str) -> None:
    """Raises NotAllowed."""
    if not actor.is_system and not actor.has(right):
        label = known_right(right).label
        raise NotAllowed(
            gettext("您没有“%(right)s”的权限。工作需要的，请向安全管理员申请。") % {"right": label}
        )
