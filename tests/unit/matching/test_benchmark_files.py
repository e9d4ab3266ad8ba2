"""Benchmarks are read strictly, from one JSON file or a BEIR folder; labels never become part of a need."""

import json
from pathlib import Path
from typing import Any

import pytest

from matching.evaluation import Benchmark, BenchmarkError, read_benchmark

Row = dict[str, Any]

QUERIES: list[Row] = [
    {"query_id": "Q1", "text": "용접공을 못 구합니다", "ksic_division": "25", "categories_gold": ["ROBOT"]},
    {"query_id": "Q2", "text": "전기요금이 많이 나옵니다", "categories": ["FEMS"]},
]
DOCUMENTS: list[Row] = [
    {
        "doc_id": "D1",
        "text": "용접 로봇을 공급합니다",
        "categories": ["ROBOT"],
        "divisions": ["25"],
        "processes": ["용접"],
    },
    {"doc_id": "D2", "text": "전기요금을 줄입니다", "kind": "case_solution"},
]
CONTENT: Row = {"queries": QUERIES, "documents": DOCUMENTS, "qrels": {"Q1": {"D1": 2, "D2": 0}}}


def json_file(folder: Path, content: object) -> Path:
    path = folder / "benchmark.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def beir_folder(
    folder: Path,
    corpus: list[Row] | None = None,
    queries: list[Row] | None = None,
    qrels: str = "query-id\tcorpus-id\tscore\nQ1\tD1\t2\nQ1\tD2\t0\nQ2\tD2\t1\n",
    qrels_name: str = "qrels/test.tsv",
) -> Path:
    documents = [{"_id": row["doc_id"], **row} for row in DOCUMENTS] if corpus is None else corpus
    asked = [{"_id": row["query_id"], **row} for row in QUERIES] if queries is None else queries
    for name, rows in (("corpus.jsonl", documents), ("queries.jsonl", asked)):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / qrels_name).parent.mkdir(exist_ok=True)
    (folder / qrels_name).write_text(qrels, encoding="utf-8")
    return folder


def test_labels_are_kept_apart_from_the_needs(tmp_path: Path) -> None:
    benchmark = read_benchmark(json_file(tmp_path, CONTENT))
    assert benchmark.labels == (("ROBOT",), ("FEMS",))
    unlabelled = [
        {key: value for key, value in row.items() if not key.startswith("categories")} for row in QUERIES
    ]
    again = read_benchmark(json_file(tmp_path, {**CONTENT, "queries": unlabelled}))
    assert again.needs == benchmark.needs
    assert again.labels == ((), ())


def test_what_a_document_declares_becomes_its_suppliers_profile(tmp_path: Path) -> None:
    first = read_benchmark(json_file(tmp_path, CONTENT)).documents[0].profile
    assert first.solutions[0].categories == ("ROBOT",)
    assert first.solutions[0].industries == ("25",)
    assert first.solutions[0].processes == ("용접",)
    assert first.summary == "용접 로봇을 공급합니다"


def test_a_pair_that_nobody_judged_is_told_from_one_that_is_not_relevant(tmp_path: Path) -> None:
    benchmark = read_benchmark(json_file(tmp_path, CONTENT))
    assert benchmark.grades.tolist() == [[2, 0], [0, 0]]
    assert benchmark.judged.tolist() == [[True, True], [False, False]]


def test_where_only_relevant_pairs_are_listed_all_others_count_as_judged(tmp_path: Path) -> None:
    benchmark = read_benchmark(json_file(tmp_path, {**CONTENT, "qrels": {"Q1": {"D1": 2}}}))
    assert benchmark.judged.all()


@pytest.mark.parametrize("qrels_name", ["qrels/test.tsv", "qrels.tsv"])
def test_a_beir_folder_reads_like_the_same_json(qrels_name: str, tmp_path: Path) -> None:
    found = read_benchmark(beir_folder(tmp_path, qrels_name=qrels_name))
    whole = {**CONTENT, "qrels": {"Q1": {"D1": 2, "D2": 0}, "Q2": {"D2": 1}}}
    expected = read_benchmark(json_file(tmp_path, whole))
    assert (found.needs, found.documents, found.labels) == (
        expected.needs,
        expected.documents,
        expected.labels,
    )
    assert found.grades.tolist() == expected.grades.tolist()
    assert found.sha256 == expected.sha256


def test_beir_titles_and_metadata_are_read(tmp_path: Path) -> None:
    corpus = [
        {"_id": "D1", "title": "용접 로봇", "text": "공급합니다", "metadata": {"categories": ["ROBOT"]}}
    ]
    qrels = "Q1\tD1\t1\n"
    document = read_benchmark(beir_folder(tmp_path, corpus=corpus, qrels=qrels)).documents[0]
    assert document.text == "용접 로봇\n공급합니다"
    assert document.profile.solutions[0].categories == ("ROBOT",)


def test_beir_queries_of_other_splits_are_left_out(tmp_path: Path) -> None:
    found = read_benchmark(beir_folder(tmp_path, qrels="query-id\tcorpus-id\tscore\nQ2\tD2\t1\n"))
    assert [need.need_id for need in found.needs] == ["Q2"]
    assert found.labels == (("FEMS",),)


def refused(path: Path) -> BenchmarkError:
    with pytest.raises(BenchmarkError) as caught:
        read_benchmark(path)
    return caught.value


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        ([], "benchmark_part_missing", "benchmark.json"),
        ({"queries": [], "documents": []}, "benchmark_part_missing", "benchmark.json"),
        ({**CONTENT, "queries": [{"text": "수요"}]}, "benchmark_field_missing", "benchmark.json queries[0]"),
        ({**CONTENT, "queries": ["Q1"]}, "benchmark_row_malformed", "benchmark.json queries[0]"),
        (
            {**CONTENT, "queries": [{**QUERIES[0], "categories_gold": "ROBOT"}]},
            "benchmark_field_missing",
            "benchmark.json queries[0]",
        ),
        ({**CONTENT, "qrels": {"Q1": {"nowhere": 1}}}, "benchmark_qrel_unknown", "benchmark.json"),
        ({**CONTENT, "qrels": {"Q1": {"D1": "good"}}}, "benchmark_qrel_malformed", "benchmark.json qrels Q1"),
        ({**CONTENT, "qrels": {"Q1": {"D1": -1}}}, "benchmark_qrel_malformed", "benchmark.json qrels Q1"),
        ({**CONTENT, "qrels": {"Q1": ["D1"]}}, "benchmark_qrel_malformed", "benchmark.json qrels Q1"),
        ({**CONTENT, "documents": [*DOCUMENTS, DOCUMENTS[0]]}, "benchmark_id_twice", "benchmark.json"),
    ],
)
def test_a_file_that_is_no_benchmark_is_refused_with_its_place(
    content: object, code: str, place: str, tmp_path: Path
) -> None:
    error = refused(json_file(tmp_path, content))
    assert (error.code, error.values["file"]) == (code, place)


def test_broken_json_is_named_by_its_line(tmp_path: Path) -> None:
    folder = beir_folder(tmp_path)
    (folder / "corpus.jsonl").write_text('{"_id": "D1", "text": "글"}\n{"_id": \n', encoding="utf-8")
    error = refused(folder)
    assert (error.code, error.values["file"]) == ("benchmark_json", "corpus.jsonl:2")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = beir_folder(tmp_path)
    (folder / "queries.jsonl").write_bytes("{'용접'}".encode("cp949"))
    assert refused(folder).code == "benchmark_not_utf8"


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_a_folder_without_one_of_its_files_is_refused(missing: str, tmp_path: Path) -> None:
    folder = beir_folder(tmp_path)
    (folder / missing).unlink()
    error = refused(folder)
    assert (error.code, error.values["part"]) == ("benchmark_file_missing", missing)


@pytest.mark.parametrize("line", ["Q1 D1 2", "Q1\tD1", "Q1\tD1\tgood", "Q1\tD1\tnan"])
def test_a_line_of_qrels_that_cannot_be_read_is_named(line: str, tmp_path: Path) -> None:
    error = refused(beir_folder(tmp_path, qrels=f"query-id\tcorpus-id\tscore\nQ1\tD1\t1\n{line}\n"))
    assert (error.code, error.values["file"]) == ("benchmark_qrel_malformed", "test.tsv:3")


def test_another_text_or_grade_is_another_benchmark(tmp_path: Path) -> None:
    def named(**changes: object) -> str:
        benchmark: Benchmark = read_benchmark(json_file(tmp_path, {**CONTENT, **changes}))
        return benchmark.sha256

    assert named() == named()
    assert named(qrels={"Q1": {"D1": 3, "D2": 0}}) != named()
    assert named(qrels={"Q1": {"D1": 2, "D2": 0}, "Q2": {"D1": 0}}) != named()
    assert named(documents=[DOCUMENTS[0], {**DOCUMENTS[1], "text": "물을 아낍니다"}]) != named()
