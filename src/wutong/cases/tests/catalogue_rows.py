"""The catalogue of time limits a second time, written by hand from the sources: what the tests compare it with.

The dates are worked out on the calendar of 2024 to 2026, with Spring Festival, National Day and make-up days.
"""

from fractions import Fraction

LIMITS = [
    ("permit.missing_notice", "working_day", 5, "行政许可法第三十二条第一款第四项、第八十二条", "2025-09-22", "2025-09-28"),
    ("permit.decision", "working_day", 20, "行政许可法第四十二条第一款、第八十二条", "2026-02-10", "2026-03-16"),
    ("permit.joint_decision", "working_day", 45, "行政许可法第四十二条第二款、第八十二条", "2024-09-30", "2024-12-06"),
    ("permit.first_review", "working_day", 20, "行政许可法第四十三条、第八十二条", "2025-04-28", "2025-05-29"),
    ("permit.delivery", "working_day", 10, "行政许可法第四十四条、第八十二条", "2024-12-30", "2025-01-14"),
    ("permit.hearing_request", "working_day", 5, "行政许可法第四十七条、第八十二条", "2025-09-22", "2025-09-28"),
    ("permit.hearing_held", "working_day", 20, "行政许可法第四十七条、第八十二条", "2026-02-10", "2026-03-16"),
    ("permit.hearing_notice", "working_day", 7, "行政许可法第四十八条、第八十二条", "2024-09-30", "2024-09-20"),
    ("permit.renewal_application", "working_day", 30, "行政许可法第五十条第一款、第八十二条", "2025-04-28", "2025-03-17"),
    ("tolerance.make_good", "working_day", 3, "地方容缺受理办法", "2024-12-30", "2025-01-03"),
    ("tolerance.make_good_days", "calendar_day", 7, "地方容缺受理办法", "2025-09-22", "2025-09-29"),
    ("hotline.shandong_2020", "working_day", 5, "山东省12345热线办法（2020年）、潍坊市12345条例第二十条、济南市12345条例第二十四条", "2026-02-10", "2026-02-24"),
    ("hotline.return", "working_day", 2, "潍坊市12345条例第二十二条", "2024-09-30", "2024-10-09"),
    ("provincial_line.complaint", "working_day", 15, "山东省省级政务热线办法（2017年）", "2025-04-28", "2025-05-22"),
    ("business.complaint", "working_day", 5, "济南市优化营商环境条例第六十二条", "2024-12-30", "2025-01-07"),
    ("petition.acceptance", "calendar_day", 15, "信访工作条例第二十二条", "2025-09-22", "2025-10-09"),
    ("petition.settlement", "calendar_day", 60, "信访工作条例第三十四条", "2026-02-10", "2026-04-13"),
    ("petition.review_request", "calendar_day", 30, "信访工作条例第三十五条", "2024-09-30", "2024-10-30"),
    ("petition.review_answer", "calendar_day", 30, "信访工作条例第三十五条", "2025-04-28", "2025-05-28"),
    ("petition.second_review_request", "calendar_day", 30, "信访工作条例第三十六条", "2024-12-30", "2025-02-05"),
    ("petition.second_review_answer", "calendar_day", 30, "信访工作条例第三十六条", "2025-09-22", "2025-10-22"),
    ("penalty.decision", "calendar_day", 90, "行政处罚法第六十条、第八十五条", "2026-02-10", "2026-05-11"),
    ("penalty.delivery", "working_day", 7, "行政处罚法第六十一条、第八十五条", "2024-09-30", "2024-10-15"),
    ("penalty.evidence_hold", "working_day", 7, "行政处罚法第五十六条、第八十五条", "2025-04-28", "2025-05-12"),
    ("penalty.hearing_request", "working_day", 5, "行政处罚法第六十三条、第六十四条、第八十五条", "2024-12-30", "2025-01-07"),
    ("penalty.hearing_notice", "working_day", 7, "行政处罚法第六十四条、第八十五条", "2025-09-22", "2025-09-11"),
    ("credit.objection_own", "working_day", 3, "山东省社会信用条例第三十九条", "2026-02-10", "2026-02-13"),
    ("credit.objection_others", "working_day", 7, "山东省社会信用条例第三十九条", "2024-09-30", "2024-10-15"),
    ("credit.annulled", "working_day", 3, "山东省社会信用条例第四十条", "2025-04-28", "2025-05-06"),
    ("credit.window_minor", "month", 60, "山东省社会信用条例第三十八条", "2025-06-21", "2030-06-21"),
    ("credit.window_minor", "month", 3, "国办发〔2025〕22号", "2025-06-22", "2025-09-22"),
    ("credit.window_general", "month", 60, "山东省社会信用条例第三十八条", "2020-10-01", "2025-10-01"),
    ("credit.window_minor", "month", 3, "国办发〔2025〕22号", "2025-09-22", "2025-12-22"),
    ("credit.window_general_least", "month", 3, "国办发〔2025〕22号", "2025-09-22", "2025-12-22"),
    ("credit.window_general", "month", 12, "国办发〔2025〕22号", "2025-09-22", "2026-09-22"),
    ("credit.window_serious_least", "month", 12, "国办发〔2025〕22号", "2025-09-22", "2026-09-22"),
    ("credit.window_serious", "month", 60, "山东省社会信用条例第三十八条", "2025-01-06", "2030-01-06"),
    ("credit.window_serious", "month", 36, "国办发〔2025〕22号", "2025-09-22", "2028-09-22"),
    ("rating.invitation", "working_day", 5, "鲁政办发〔2020〕10号", "2025-09-22", "2025-09-28"),
    ("bad_rating.rectification", "working_day", 5, "德州、襄城等地做法", "2026-02-10", "2026-02-24"),
    ("bad_rating.rectification_outer", "working_day", 15, "四川做法", "2024-09-30", "2024-10-25"),
    ("city.litter", "working_hour", 4, "某市事件立案结案规范", "2025-04-28 16:00", "2025-04-29 11:00"),
    ("city.rubble", "working_hour", 4, "某市事件立案结案规范", "2024-12-30 16:00", "2024-12-31 11:00"),
    ("city.spoil", "working_day", 2, "某市事件立案结案规范", "2025-09-22", "2025-09-24"),
    ("city.cleaning", "working_hour", 2, "某市事件立案结案规范", "2026-02-10 16:00", "2026-02-11 09:00"),
    ("city.standing_water", "working_hour", 4, "某市事件立案结案规范", "2024-09-30 16:00", "2024-10-08 11:00"),
    ("city.green_litter", "working_hour", 4, "某市事件立案结案规范", "2025-04-28 16:00", "2025-04-29 11:00"),
    ("city.green_plants", "working_day", 5, "某市事件立案结案规范", "2024-12-30", "2025-01-07"),
    ("city.illegal_structure.on_site", "working_hour", 4, "某市事件立案结案规范", "2025-09-22 16:00", "2025-09-23 11:00"),
    ("city.illegal_structure.case", "working_day", 7, "某市事件立案结案规范", "2026-02-10", "2026-02-26"),
    ("city.illegal_structure.removal", "working_day", 20, "某市事件立案结案规范", "2024-09-30", "2024-11-01"),
    ("city.well_cover.on_site", "minute", 60, "某市部件立案结案规范", "2025-04-28 16:00", "2025-04-28 17:00"),
    ("city.well_cover.repair", "hour", 6, "某市部件立案结案规范", "2024-12-30 16:00", "2024-12-30 22:00"),
    ("city.well_cover.construction", "calendar_day", 3, "某市部件立案结案规范", "2025-09-22", "2025-09-25"),
    ("city.pole.repair", "hour", 12, "某市部件立案结案规范", "2026-02-10 16:00", "2026-02-11 04:00"),
    ("city.pole.construction", "calendar_day", 3, "某市部件立案结案规范", "2024-09-30", "2024-10-08"),
    ("city.power.on_site", "hour", 3, "某市部件立案结案规范", "2025-04-28 16:00", "2025-04-28 19:00"),
    ("city.power.repair", "hour", 24, "某市部件立案结案规范", "2024-12-30 16:00", "2024-12-31 16:00"),
    ("city.power.construction", "calendar_day", 3, "某市部件立案结案规范", "2025-09-22", "2025-09-25"),
    ("village.meeting_interval", "month", 3, "村民委员会组织法第二十六条", "2026-02-10", "2026-05-11"),
    ("village.publicity", "month", 3, "村民委员会组织法第三十条", "2024-09-30", "2024-12-30"),
    ("village.publicity_money", "month", 1, "村民委员会组织法第三十条", "2025-04-28", "2025-05-28"),
]  # fmt: skip
"""Code, unit, budget, source, the day it begins (or counts back from), and the last day."""

DUTIES = [
    ("bad_rating.call_back", Fraction(1), "各市好差评办法", ""),
    ("residents.quorum", Fraction(1, 2), "居民委员会组织法第九条、第十条", "会议无效"),
    ("residents.majority", Fraction(1, 2), "居民委员会组织法第九条、第十条", "决定无效"),
    ("residents.convening_people", Fraction(1, 5), "居民委员会组织法第十条", ""),
    ("residents.convening_households", Fraction(1, 5), "居民委员会组织法第十条", ""),
    ("residents.convening_groups", Fraction(1, 3), "居民委员会组织法第十条", ""),
    ("village.representatives_quorum", Fraction(2, 3), "村民委员会组织法第二十六条", "会议无效"),
    ("village.representatives_majority", Fraction(1, 2), "村民委员会组织法第二十六条", "决定无效"),
    ("village.representatives_convening", Fraction(1, 5), "村民委员会组织法第二十六条", ""),
    ("village.publicity_at_once", None, "村民委员会组织法第三十条", "公示栏亮红灯"),
    ("rating.standard", None, "GB/T 39734、GB/T 39735", ""),
    ("city.standard", None, "GB/T 30428.8、CJ/T 545", ""),
    ("inspection.sampling_share", None, "各部门随机抽查事项清单", ""),
]
"""Code, share, source, and what follows where it is not met."""

WITHOUT_A_NUMBER = [
    ("permit.renewal_decision", "calendar_day", "行政许可法第五十条第二款"),
    ("promised.decision", "working_day", "优化营商环境条例第三十六条、山东省优化营商环境条例第三十条"),
    ("credit.repair", "working_day", "国办发〔2025〕22号"),
]
"""Their last day comes with the permit, with the guide of the item, or from the office."""
ANCHORS = {
    "收件": {"permit.missing_notice"},
    "受理": {
        "permit.decision", "permit.joint_decision", "permit.first_review", "promised.decision", "business.complaint",
        "petition.settlement",
    },
    "决定": {
        "permit.delivery", "penalty.delivery", "credit.window_minor", "credit.window_general_least",
        "credit.window_general", "credit.window_serious_least", "credit.window_serious",
    },
    "告知听证权利": {"permit.hearing_request", "penalty.hearing_request"},
    "听证申请": {"permit.hearing_held"},
    "举行听证": {"permit.hearing_notice", "penalty.hearing_notice"},
    "有效期届满": {"permit.renewal_application", "permit.renewal_decision"},
    "容缺受理": {"tolerance.make_good", "tolerance.make_good_days"},
    "派单": {"hotline.shandong_2020", "hotline.return"},
    "转办": {"provincial_line.complaint"},
    "收到": {"petition.acceptance"},
    "收到书面答复": {"petition.review_request"},
    "收到复查请求": {"petition.review_answer"},
    "收到复查意见": {"petition.second_review_request"},
    "收到复核请求": {"petition.second_review_answer"},
    "立案": {"penalty.decision"},
    "登记保存": {"penalty.evidence_hold"},
    "收到异议": {"credit.objection_own", "credit.objection_others"},
    "依据撤销": {"credit.annulled"},
    "收到修复申请": {"credit.repair"},
    "办事当日": {"rating.invitation"},
    "收到差评": {"bad_rating.rectification", "bad_rating.rectification_outer"},
    "派遣": {
        "city.litter", "city.rubble", "city.spoil", "city.cleaning", "city.standing_water", "city.green_litter",
        "city.green_plants", "city.illegal_structure.on_site", "city.illegal_structure.case",
        "city.illegal_structure.removal", "city.well_cover.on_site", "city.well_cover.repair",
        "city.well_cover.construction", "city.pole.repair", "city.pole.construction", "city.power.on_site",
        "city.power.repair", "city.power.construction",
    },
    "上次会议": {"village.meeting_interval"},
    "上次公开": {"village.publicity", "village.publicity_money"},
}  # fmt: skip
CITY = ANCHORS["派遣"]
CITY_EVENTS = {code for code in CITY if not code.startswith(("city.well_cover", "city.pole", "city.power"))}
BACKWARD = {"permit.hearing_notice", "permit.renewal_application", "penalty.hearing_notice"}
EXTENSIONS = {
    "permit.decision": [(10, "本行政机关负责人", "行政许可法第四十二条第一款")],
    "permit.joint_decision": [(15, "本级人民政府负责人", "行政许可法第四十二条第二款")],
    "hotline.shandong_2020": [(10, "热线工作机构", "山东省12345热线办法（2020年）")],
    "provincial_line.complaint": [
        (7, "承办单位负责人", "山东省省级政务热线办法（2017年）"),
        (None, "热线办公室", "山东省省级政务热线办法（2017年）"),
    ],
    "business.complaint": [(None, "负责人", "济南市优化营商环境条例第六十二条")],
    "petition.settlement": [(30, "本机关、单位负责人", "信访工作条例第三十四条")],
    "bad_rating.rectification": [(None, "由本区设定", "各地差评整改做法")],
    "bad_rating.rectification_outer": [(None, "由本区设定", "各地差评整改做法")],
    **{code: [(None, "由本区设定", "某市事件立案结案规范")] for code in CITY_EVENTS},
}
EXCLUDED_TIME = [
    "hearing",
    "tender",
    "auction",
    "inspection",
    "test",
    "quarantine",
    "appraisal",
    "expert_review",
]
SUSPENSIONS = {
    "permit.decision": EXCLUDED_TIME,
    "permit.joint_decision": EXCLUDED_TIME,
    "tolerance.make_good": ["force_majeure"],
    "tolerance.make_good_days": ["force_majeure"],
    **{code: ["deferred"] for code in CITY_EVENTS},
}
EFFECTS = {
    "permit.missing_notice": ("deem_accepted", "行政许可法第三十二条第一款第四项"),
    "permit.renewal_decision": ("deem_renewed", "行政许可法第五十条第二款"),
    "credit.window_minor": ("end_publication", "国办发〔2025〕22号"),
    "credit.window_general": ("end_publication", "国办发〔2025〕22号"),
    "credit.window_serious": ("end_publication", "国办发〔2025〕22号"),
    "rating.invitation": ("close_unrated", "鲁政办发〔2020〕10号"),
}
LATE_DAY = [("red", 1, "", "red", "supervise")]
LATE_MOMENT = [("red", 1, "minute", "red", "supervise")]
BOARD = [("red", 1, "calendar_day", "red", "")]
DAYS = {
    "city.spoil", "city.green_plants", "city.illegal_structure.case", "city.illegal_structure.removal",
    "city.well_cover.construction", "city.pole.construction", "city.power.construction",
}  # fmt: skip
RUNGS = {
    "hotline.shandong_2020": LATE_DAY,
    "provincial_line.complaint": [
        ("yellow", -1, "", "yellow", ""), ("red", 1, "", "red", ""), ("supervise", 2, "", "red", "supervise"),
    ],
    "bad_rating.rectification": LATE_DAY,
    "bad_rating.rectification_outer": LATE_DAY,
    "village.publicity": BOARD,
    "village.publicity_money": BOARD,
    **{code: LATE_DAY if code in DAYS else LATE_MOMENT for code in CITY},
}  # fmt: skip
"""Code, offset, unit (empty: the limit's own), colour, and the step that is taken."""
DUTY_WORDS = [
    ("permit.missing_notice", "一次告知"), ("permit.decision", "延长的理由告知申请人"),
    ("permit.decision", "公开原因（优化营商环境条例第三十六条）"),
    ("permit.joint_decision", "公开原因（优化营商环境条例第三十六条）"),
    ("promised.decision", "不长于法定时限并向社会公开"), ("tolerance.make_good", "不长于该事项的承诺时限"),
    ("hotline.return", "说明理由"), ("penalty.decision", "另有规定的从其规定"), ("credit.annulled", "同时删除"),
    ("credit.window_minor", "可以不公示"), ("credit.window_general_least", "期满才能申请修复"),
    ("credit.window_serious_least", "期满才能申请修复"), ("bad_rating.rectification", "列入台账并承诺办结日期"),
    ("city.well_cover.construction", "需要施工"), ("city.power.construction", "需要施工"),
    ("village.meeting_interval", "每季度"), ("village.publicity", "每季度"), ("village.publicity_money", "每月"),
]  # fmt: skip
UNCONFIRMED = {
    "tolerance.make_good", "tolerance.make_good_days", "bad_rating.rectification", "bad_rating.rectification_outer",
    "bad_rating.call_back", "credit.repair", "rating.standard", "city.standard", "inspection.sampling_share", *CITY,
}  # fmt: skip
