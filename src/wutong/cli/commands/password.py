"""Gives an account a new one-time password."""

import argparse

NAME = "password"
HELP = "给一个账号重置一次性密码"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", metavar="登录名")


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from wutong.base.accounts.models import Account
    from wutong.base.accounts.services import fold_name, reset_password
    from wutong.base.errors import Refused

    account = Account.objects.filter(name=fold_name(options.account)).first()
    if account is None:
        raise Refused(f"没有登录名为“{options.account}”的账号。")
    print(reset_password(account, None, timezone.now()))
    return 0
