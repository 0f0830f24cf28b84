import time, os, sys
import django
from datetime import date, datetime
from zoneinfo import ZoneInfo
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wutong.desk.register_imports.tests.test_importing_firms import *  # noqa
del pytestmark
for n in [k for k in globals() if k.startswith('test_')]: del globals()[n]

@pytest.mark.django_db
def test_perf(zone):
    from wutong.desk.register_imports.enterprises import SHEET
    N=5000
    def rows():
        return [row(企业名称=f"示例第{n}企业有限公司", 统一社会信用代码=code_of(n), 注册地址=f"示例路{n}号", 标签="示例标签", 联系人=f"示例人{n}", 联系电话=f"139{n:08d}",职工人数=5, 年度=2024, 曾用名=f"示例旧{n}", 行业代码="C3841", 主营业务="示例") for n in range(N)]
    r=rows()
    for what in ("first","again"):
        t=time.time(); intake=take_in([grid(*table(*r), name="名录")], SHEET); t1=time.time()
        with CaptureQueriesContext(connection) as q1: intake=intake.with_problems(check_rows(intake))
        t2=time.time()
        with CaptureQueriesContext(connection) as q2: notes_on(intake, source="名录.xlsx", on=zone.today)
        t3=time.time()
        import cProfile,pstats
        pr=cProfile.Profile(); pr.enable() if os.environ.get("PROF") else None
        n=import_rows(intake.accepted, actor=SYSTEM, now=zone.now, on=zone.today, source="名录.xlsx")
        t4=time.time()
        print(what, n, "take_in %.1f check %.1f (%d q) notes %.1f (%d q) write %.1f" % (t1-t,t2-t1,len(q1),t3-t2,len(q2),t4-t3), connection.vendor)
        if os.environ.get("PROF"): pr.disable(); pstats.Stats(pr).sort_stats("cumtime").print_stats(25)
