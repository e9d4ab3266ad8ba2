"""What `alliance evaluate` says: names of rankings and measures, headings, refusals of a benchmark."""

SENTENCES: dict[str, str] = {
    "benchmark_part_missing": "{file}에 있어야 할 항목이 없습니다: {part}. queries와 documents는 목록, qrels는 객체로 넣어 주세요.",
    "benchmark_file_missing": "{file} 폴더에 있어야 할 파일이 없습니다: {part}. BEIR 형식으로 넣어 주세요.",
    "benchmark_row_malformed": "{file}: JSON 객체가 아닙니다. 한 건을 객체 하나로 적어 주세요.",
    "benchmark_field_missing": "{file}: {field} 항목이 없거나 형식이 다릅니다. 그 항목을 고쳐 주세요.",
    "benchmark_id_twice": "{file}: 번호 '{id}'이(가) 두 번 나옵니다. 하나만 남겨 주세요.",
    "benchmark_qrel_unknown": "{file}: 적합도에 적힌 수요 '{need}'나 글 '{document}'이(가) 목록에 없습니다. 번호를 확인해 주세요.",
    "benchmark_qrel_malformed": "{file}: 적합도를 읽을 수 없습니다. 수요와 글마다 0 이상의 수를 하나 적고, TSV에서는 칸을 탭으로 나누어 주세요.",
    "benchmark_not_utf8": "{file}: 글자가 UTF-8이 아닙니다. UTF-8로 바꾸어 주세요.",
    "benchmark_json": "{file}: 올바른 JSON이 아닙니다. 그 줄의 따옴표, 쉼표, 괄호를 확인해 주세요.",
    "evaluation_record_needs_demo": "기준 기록은 시연 데이터의 평가로만 만듭니다. 파일을 빼고 다시 실행해 주세요.",
    "evaluation_no_calibration": "확률을 견줄 평가나 분야가 없어 그림을 만들지 못했습니다. 적합도나 categories_gold를 넣어 주세요.",
    "no_confirmed_needs": "수요기업이 분야를 확인한 수요가 아직 없습니다. 확인된 수요가 생긴 뒤에 다시 해 주세요.",
    "confirmed_needs_found": "확인된 수요 {count}건과 함께 모델을 맞춥니다 (몇 분 걸립니다)",
    "intent_refitted": "더 나아서 새 모델을 씁니다: {path}. 서비스를 다시 시작하면 이 모델로 추정합니다.",
    "intent_not_refitted": "더 낫지 않아서 지금 모델을 그대로 씁니다. {path}에는 아무것도 쓰지 않았습니다.",
    "intent_model_missing": "이 인코더에 맞는 분야 추정 모델이 없습니다. 먼저 alliance train intent를 실행해 주세요.",
    "evaluation_corpus": "{corpus} · 수요 {needs:,}건 · 글 {documents:,}편",
    "evaluation_better": "{method} nDCG@10이 기준 방법 가운데 가장 나은 {rival}보다 {difference} 높습니다.",
    "evaluation_worse": "{method} nDCG@10이 기준 방법 가운데 가장 나은 {rival}보다 {difference} 낮습니다.",
    "evaluation_paired": "수요마다 뺀 차이의 95% 구간은 {low}~{high}이고, 수요 {better:,}건에서 더 낫고 {equal:,}건에서 같고 {worse:,}건에서 못합니다.",
    "evaluation_undecided": "구간이 0을 포함하므로 어느 쪽이 낫다고 말할 수 없습니다.",
    "evaluation_time": "시간은 수요 한 건의 중앙값이며 수요 글의 임베딩을 포함하고 근거 문장을 고르는 일은 뺀 값입니다. 같은 실행의 임베딩 방법을 1로 놓고 비교해 주세요.",
    "evaluation_by_category": "솔루션 분야별 nDCG@10 (분야가 적힌 수요만, 낮은 순서, 두 분야가 적힌 수요는 두 번 셉니다)",
    "evaluation_worst": "nDCG@10이 가장 낮은 수요 {count:,}건",
    "evaluation_calibration_score": "추천 점수의 보정: 평가된 쌍 {cases:,}건, 적합도 2 이상을 성공으로 봅니다.",
    "evaluation_all_judged": "적합도 0이 하나도 적히지 않은 자료여서 적히지 않은 쌍은 모두 0으로 평가된 것으로 셌습니다.",
    "evaluation_calibration_category": "추정한 분야의 보정: 분야가 적힌 수요의 분야별 확률 {cases:,}건입니다.",
    "evaluation_calibration_figures": "브라이어 점수 {brier}(평균 {share}만 말할 때 {base_brier}) · 로그 손실 {log_loss} · 보정 오차(ECE) {error}",
    "evaluation_plot_written": "그림을 만들었습니다: {path}",
    "evaluation_record_written": "기준 기록을 만들었습니다: {path}",
}

METHODS = {
    "random": "무작위",
    "tfidf_words": "TF-IDF(단어)",
    "tfidf_characters": "TF-IDF(문자)",
    "bm25": "BM25(문자)",
    "dense": "임베딩",
    "hybrid": "단순 결합",
    "product": "얼라이언스 추천",
}
CORPORA = {"all_texts": "모든 글", "supplier_profiles": "공급기업 소개만"}

MEASURES = (
    "순위 방법",
    "nDCG@10",
    "95% 구간",
    "평가된 글만",
    "MRR",
    "재현율@10",
    "재현율@50",
    "한 건(ms)",
    "임베딩 대비",
)
CATEGORY_COLUMNS = ("분야", "수요")
CALIBRATION_COLUMNS = ("말한 확률", "건수", "평균 확률", "실제 비율", "95% 구간")

NEED_HEADING = "{number}. {need} · nDCG@10 {gain}"
NEED_LABELS = {
    "text": "글",
    "inferred": "추정한 분야",
    "labels": "적힌 분야",
    "first": "앞에 나온 글",
    "best": "가장 적합한 글",
}
UNJUDGED, NONE, NOT_SHOWN = "평가 없음", "없음", "목록에 없음"
PLACE, GRADE = "{place}위", "적합도 {grade:g}"

PLOT_TITLE = "확률 보정 그림"
PLOT_SUBJECTS = {"score": "추천 점수와 적합도 2 이상", "category": "추정한 분야와 적힌 분야"}
PLOT_STATED, PLOT_OBSERVED = "말한 확률", "실제 비율"
PLOT_IDEAL, PLOT_POINT, PLOT_WHISKER = "꼭 맞을 때", "구간 평균(수는 건수)", "95% 구간"
PLOT_DESCRIPTION = (
    "말한 확률을 열 구간으로 나누어 구간마다 평균 확률(가로)과 실제 비율(세로)을 점으로, "
    "95% 구간을 세로선으로 그렸습니다. 점이 점선에 가까울수록 확률이 맞습니다. 점 옆의 수는 건수입니다."
)
PLOT_SUMMARY = "{subject}: {cases:,}건, 브라이어 점수 {brier}, 보정 오차 {error}"
