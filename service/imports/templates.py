"""A file to begin an import from: the columns, and one made-up line that an import would take."""

import csv
from io import StringIO

from service.imports.operations import MANUFACTURERS, SUPPLIERS

EXAMPLES: dict[str, dict[str, str]] = {
    SUPPLIERS: {
        "business_number": "124-81-00998",
        "company_name": "보기시스템",
        "region": "41",
        "summary": "중소 제조 현장의 생산 실적을 모으는 시스템을 만듭니다.",
        "employee_count": "24",
        "service_regions": "41;28",
        "certifications": "",
        "concurrent_project_capacity": "3",
        "solution_name": "현장 실적 수집",
        "solution_description": "설비 신호와 바코드로 작업 실적을 모아 보여 줍니다.",
        "solution_categories": "MES;IOT",
        "solution_price_min_won": "30000000",
        "solution_price_max_won": "80000000",
        "reference_title": "사출 공장 실적 수집",
        "reference_problem": "작업 일보를 손으로 써서 어제 실적을 오늘 오후에야 알았다.",
        "reference_industry": "222",
    },
    MANUFACTURERS: {
        "business_number": "220-81-62517",
        "company_name": "보기정밀",
        "industry": "25",
        "region": "48",
        "employee_count": "45",
        "annual_revenue_won": "7,800,000,000",
        "smart_level": "",
        "existing_systems": "ERP",
    },
}


def template_file(kind: str) -> bytes:
    """UTF-8 with a byte order mark, so that Excel shows it rightly and saves it as it was."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(EXAMPLES[kind])
    writer.writerow(EXAMPLES[kind].values())
    return out.getvalue().encode("utf-8-sig")
