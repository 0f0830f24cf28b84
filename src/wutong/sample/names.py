"""Invented names. Units, people, firms and projects stand for nobody; likeness would be chance."""

ZONE = "梧桐高新区管委会"

DEPARTMENTS = (
    ("investment", "招商促进部"),
    ("economy", "经济发展部"),
    ("land", "自然资源分局"),
    ("ecology", "生态环境分局"),
    ("construction", "建设管理部"),
    ("approval", "行政审批服务部"),
    ("talent", "人才工作部"),
    ("supervision", "督查办"),
    ("finance", "财政金融部"),
    ("statistics", "统计调查中心"),
    ("office", "党政办公室"),
    ("science", "科技创新部"),
    ("service", "企业服务中心"),
    ("society", "社会事业部"),
    ("safety", "应急管理局"),
    ("enforcement", "综合执法大队"),
    ("city", "城市运行中心"),
    ("market", "市场监管分局"),
)
TOWNS = (("lake", "临湖镇"), ("new_town", "新城街道"), ("park", "智造园管理处"))
COMPANIES = (
    ("development", "梧桐开发建设公司"),
    ("invest", "梧桐产业投资公司"),
    ("incubator", "梧桐科创服务公司"),
    ("property", "梧桐园区运营公司"),
)
TEAMS = (
    ("new_energy", "新能源新材料组"),
    ("health", "医养健康组"),
    ("equipment", "高端装备制造组"),
    ("it", "信息技术组"),
)

OFFICIALS = (
    # login name, name, unit, post, role
    ("clerk", "林晓岚", "investment", "台账管理", "clerk"),
    ("handler", "郑海川", "economy", "科员", "handler"),
    ("leader", "周明远", "root", "管委会副主任", "leader"),
    ("supervisor", "秦舒", "supervision", "督查专员", "supervisor"),
    ("team", "宋一鸣", "investment", "招商专员", "team_member"),
    ("organiser", "沈佳宁", "office", "组织人事专员", "organiser"),
    ("", "韩东升", "root", "管委会副主任", ""),
    ("", "马文静", "root", "管委会副主任", ""),
    ("", "孙立群", "root", "党工委委员", ""),
    ("", "许可欣", "land", "副局长", ""),
    ("", "段文博", "ecology", "副局长", ""),
    ("", "雷震", "construction", "副部长", ""),
    ("", "蒋南", "approval", "副部长", ""),
    ("", "田野", "talent", "副部长", ""),
    ("", "邵宁", "investment", "副部长", ""),
    ("", "葛长青", "lake", "副镇长", ""),
    ("", "罗晓棠", "new_town", "副主任", ""),
    ("", "白雪", "investment", "帮办专员", ""),
    ("", "何佳", "investment", "帮办专员", ""),
    ("", "唐砚", "park", "科员", ""),
    ("", "毕然", "finance", "科员", ""),
)
SURNAMES = "贺顾毛郝龚邵万钱严覃武戴莫孔向汤尹黎常贺赖樊葛温季"
GIVEN = (
    "晓峰",
    "文轩",
    "雨桐",
    "嘉懿",
    "思远",
    "立新",
    "海燕",
    "志强",
    "春梅",
    "建国",
    "美玲",
    "子涵",
    "凯旋",
    "静怡",
)
"""Names of the rest of the staff are put together from these."""
IN_CHARGE = (
    ("周明远", ("investment", "economy", "service")),
    ("韩东升", ("land", "ecology", "construction", "approval")),
    ("马文静", ("society", "talent", "city")),
    ("孙立群", ("safety", "enforcement")),
)
"""Who of the leaders is in charge of which units (分管)."""
OFFICERS = (
    ("sysadmin", "系统管理员", "system_officer"),
    ("secadmin", "安全管理员", "security_officer"),
    ("auditor", "审计员", "audit_officer"),
)

PRODUCTS = {
    "new_energy": (
        "储能电池模组", "光伏跟踪支架", "生物基尼龙", "特种铝合金箔材", "氢能压缩机", "锂电隔膜", "固态电解质中试线",
        "风电叶片芯材", "钠电正极材料", "超级电容",
    ),
    "health": (
        "医用可降解材料", "口腔种植材料", "中药配方颗粒", "医疗影像设备", "康复器械", "体外诊断试剂", "智慧养老终端",
        "骨科耗材", "医用包装", "功能食品",
    ),
    "equipment": (
        "工业机器人减速器", "高端轴承", "精密铸件", "数控机床主轴", "智能仓储装备", "液压总成", "激光切割装备",
        "农机底盘", "特种泵阀", "电梯部件",
    ),
    "it": (
        "车规级传感器封测", "算力服务中心", "工业软件", "智能电表模块", "光通信器件", "边缘网关", "数据标注基地",
        "物联网模组", "安防摄像模组", "智能座舱",
    ),
}  # fmt: skip
ENDINGS = ("项目", "产业园项目", "二期项目", "研发及产业化项目", "智能工厂项目")
CITIES = ("苏州", "杭州", "深圳", "天津", "洛阳", "合肥", "无锡", "宁波", "郑州", "济南", "长沙", "佛山")
WORDS = (
    "恒储",
    "禾泽",
    "衡动",
    "合纤",
    "铝钛",
    "临氢",
    "微衡",
    "睿影",
    "众算",
    "本草源",
    "日迹",
    "岱铸",
    "量测",
    "丰禾",
)
PLACES = ("智造园", "医养产业园", "新材料园", "软件园", "临湖工业组团")

PROBLEMS = (
    ("review", "能评报告缺余热利用章节", "补充章节并预约专家评审"),
    ("land", "地块控规调整待批复", "随市规委会议题上会"),
    ("permit", "施工图审查退回一次，施工许可未取得", "联审两轮内办结"),
    ("money", "首期资本金未按约定到位", "函告投资方按约定补足"),
    ("market", "产品订单减少，投资方拟缩减一期", "重谈一期规模，报研判会"),
    ("labour", "调试工程师缺员，设备安装顺延", "人才专员对接两所高校"),
    ("investor", "投资主体变更，工商登记未完成", "帮办代办一周内完成变更"),
)
PROGRESS = (
    "设计方案已通过专家评审，等待批复。",
    "设备招标完成，第一批设备已下订单。",
    "场地平整完成，临时用电已接通。",
    "主体结构完成三层，外墙同步施工。",
    "调试方案已报，缺两名工程师。",
)
