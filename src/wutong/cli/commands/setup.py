"""Opens the set-up of an empty zone: prints the address that leads through it."""

import argparse

NAME = "setup"
HELP = "取得空园区的设置链接（24小时内有效）"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--address", default="http://127.0.0.1:8000", help="网页服务的地址（默认 %(default)s）"
    )


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone
    from django.utils.module_loading import import_string

    from wutong.base.accounts.models import Account
    from wutong.base.errors import Refused
    from wutong.base.zone.services import issue_setup_key
    from wutong.cli.product import LOAD_SEEDS

    if Account.objects.exists():
        raise Refused("已经有账号，园区不是空的。设置没做完的，请用设置时的账号登录后继续。")
    import_string(LOAD_SEEDS)()
    key = issue_setup_key(timezone.now())
    print("请在浏览器里打开下面的链接，按步骤设置园区（24小时内有效，只能用一次）：")
    print(f"  {options.address.rstrip('/')}/setup/?key={key}")
    return 0
