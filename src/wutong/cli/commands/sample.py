"""Builds the sample zone once, and prints a one-time password for every role that has not chosen its own."""

import argparse

NAME = "sample"
HELP = "建立示例园区（虚构数据），打印各角色的一次性密码"


def configure(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(options: argparse.Namespace) -> int:
    from django.conf import settings
    from django.utils import timezone
    from django.utils.module_loading import import_string

    from wutong.base.accounts.models import RoleGrant
    from wutong.base.accounts.services import reset_password
    from wutong.base.errors import Refused
    from wutong.cli.product import LOAD_SEEDS
    from wutong.sample.zone import build_zone, is_built, sample_accounts

    if not settings.WUTONG_SAMPLE:
        raise Refused("这里不是示例环境，不能写入示例数据。")
    now = timezone.now()
    import_string(LOAD_SEEDS)()
    if not is_built():
        build_zone(today=timezone.localdate(now), now=now)
    print("\n示例园区（虚构数据）的账号，一次性密码首次登录后须修改：")
    roles = {grant.account_id: grant.role.name for grant in RoleGrant.objects.select_related("role")}
    for account in sample_accounts():
        password = "（已由本人修改；忘记时运行 wutong password " + account.name + "）"
        if account.must_change_password:
            password = reset_password(account, None, now)
        print(f"  {account.name:<12}{password:<18}{account.display_name}（{roles.get(account.pk, '')}）")
    return 0
