"""Names in Korean, built from what dominates a cluster and never two alike.

A name is the purpose of the main kind of solution, with what most members share in front of it: a process,
a trade, or a second kind. Where nothing dominates, the kind alone unites them, and the name says no more.
"""

from collections.abc import Collection, Iterator, Sequence

from matching.clusters.cluster import Cluster, Share
from matching.taxonomy import category_name

PURPOSES = {
    "ROBOT": "로봇 자동화",
    "COBOT": "협동로봇 작업",
    "AGV_AMR": "물류로봇 운반",
    "AUTOMATION": "수작업 자동화 설비",
    "VISION": "머신비전 검사",
    "PLC": "설비 제어(PLC)",
    "SCADA": "공정 감시·제어(SCADA)",
    "IOT": "센서 데이터 수집",
    "PRIVATE_5G": "기업전용 5G 무선망",
    "ERP": "주문·원가 통합 관리(ERP)",
    "PLM": "도면·설계 관리(PLM)",
    "SCM": "협력사·납기 관리(SCM)",
    "WMS": "창고·재고 관리(WMS)",
    "MES": "생산 실적·이력 관리(MES)",
    "APS": "생산계획 수립(APS)",
    "FEMS": "에너지 관리(FEMS)",
    "QMS": "품질 기록·성적서 관리(QMS)",
    "CMMS": "설비 보전 관리(CMMS)",
    "HACCP": "스마트 HACCP",
    "CLOUD": "클라우드 전환",
    "DIGITAL_TWIN": "디지털트윈 사전 검증",
    "AI": "AI 공정 분석",
    "PREDICTIVE_MAINTENANCE": "예지보전",
    "XR": "AR·VR 교육·원격 지원",
    "SECURITY": "OT 보안",
    "SAFETY": "작업장 안전관제",
    "CONSULTING": "도입 진단·컨설팅",
}
"""What a plant gets, in the words of a heading; the code list's own names are those of a catalogue."""

TRADES = {
    "식품": ("10", "11", "12"),
    "섬유·패션": ("13", "14", "15"),
    "목재·종이·가구": ("16", "17", "18", "32"),
    "화학·의약": ("19", "20", "21"),
    "플라스틱·고무": ("22",),
    "유리·시멘트": ("23",),
    "금속": ("24", "25"),
    "전자·정밀": ("26", "27"),
    "기계·전기": ("28", "29", "34"),
    "자동차·조선": ("30", "31"),
    "생활용품": ("33",),
}
"""Divisions of KSIC that share a shop floor, by a word short enough for a name."""

PLAIN_PROCESSES = frozenset({"검사", "측정", "보관출하", "설비보전", "운반"})
"""Processes that every plant has, or that the kind of solution already says."""

DOMINATING = 0.6
"""Share of the members from which a process or a trade is told; it must be three of them at least."""

FEWEST_TOLD = 3
SECOND_KIND = 0.4
"""Mean probability from which a second kind of solution is told."""


def name_of(cluster: Cluster, taken: Collection[str]) -> str:
    """The first of the possible names that is not taken yet; a number is added when all are."""
    for name in _names(cluster):
        if name not in taken:
            return name
    plain = _purpose(cluster.main_category)
    return next(name for number in range(2, len(taken) + 3) if (name := f"{plain} {number}") not in taken)


def _names(cluster: Cluster) -> Iterator[str]:
    """Possible names, the one that tells most of the members first."""
    kind = _purpose(cluster.main_category)
    trades = _trades(cluster.industries)
    processes = [share for share in cluster.processes if share.code not in PLAIN_PROCESSES]
    shared = [
        *((share.count / len(cluster.need_ids), share) for share in processes[:1]),
        *((share.count / len(set(cluster.owners)), share) for share in trades[:1]),
    ]
    for part, share in sorted(shared, key=lambda pair: -pair[0]):
        if part >= DOMINATING and share.count >= FEWEST_TOLD:
            yield f"{share.code} {kind}"
    if len(cluster.categories) > 1 and cluster.categories[1].probability >= SECOND_KIND:
        yield f"{kind}·{_purpose(cluster.categories[1].category)}"
    yield kind
    for several in (processes[:2], trades[:2]):
        if several:
            yield f"{'·'.join(share.code for share in several)} {kind}"
    yield from (f"{word} {kind}" for word in cluster.words)


def _trades(industries: Sequence[Share]) -> list[Share]:
    """Owners by trade, the most frequent first."""
    counts = {
        trade: sum(share.count for share in industries if share.code in divisions)
        for trade, divisions in TRADES.items()
    }
    return sorted(
        (Share(trade, count) for trade, count in counts.items() if count), key=lambda share: -share.count
    )


def _purpose(code: str) -> str:
    return PURPOSES.get(code) or category_name(code)
