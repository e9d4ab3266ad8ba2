"""The kit: text, pages, entity tags, the clock, the settings."""

import contextlib
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from matching.diversity import BY_SCORE, ListPolicy
from service.kit import clock
from service.kit.etags import etag, require_match
from service.kit.ids import new_id
from service.kit.pages import cut_page, decode_cursor, decode_uuid_cursor, encode_cursor
from service.kit.problems import Problem
from service.kit.texts import clean
from service.recommendations.matching_engine import list_policy
from service.settings import Settings, SettingsError, kept_secret

STORABLE = st.characters(exclude_categories=["Cs"])


@given(st.text(STORABLE))
def test_clean_text_can_be_stored_and_is_clean_already(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert "\r" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned) == cleaned


@given(st.text(STORABLE), st.characters(categories=["Cs"]), st.text(STORABLE))
def test_half_a_character_is_refused_wherever_it_stands(before: str, half: str, after: str) -> None:
    with pytest.raises(PydanticCustomError):
        clean(before + half + after)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  앞뒤 \n", "앞뒤"),
        ("한\r\n줄\r둘", "한\n줄\n둘"),
        ("가\u200b나\ufeff다", "가나다"),
        ("탭\t은 남는다", "탭\t은 남는다"),
        ("👩‍🔧 작업자", "👩‍🔧 작업자"),
    ],
)
def test_what_no_one_can_see_is_dropped_and_the_rest_stays(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.lists(st.text(STORABLE.filter(lambda char: char != "\x00")), max_size=5))
def test_a_cursor_gives_back_its_sort_key(key: list[str]) -> None:
    assert decode_cursor(encode_cursor(key), len(key)) == key


@given(st.text(max_size=80))
def test_no_cursor_from_outside_makes_the_service_fail(cursor: str) -> None:
    with contextlib.suppress(Problem):
        name, identifier = decode_uuid_cursor(cursor)
        assert isinstance(name, str)
        assert isinstance(identifier, UUID)


@given(st.lists(st.integers(), max_size=30), st.integers(1, 30))
def test_a_page_is_cut_where_more_follow(rows: list[int], limit: int) -> None:
    shown, cursor = cut_page(rows[: limit + 1], limit, lambda row: (str(row),))
    assert shown == rows[:limit]
    assert (cursor is not None) == (len(rows) > limit)


@pytest.mark.parametrize("header", ['"3"', "*", '"1", "3"', 'W/"3"', ' "3" '])
def test_a_tag_of_the_present_version_matches(header: str) -> None:
    require_match(header, 3)


@pytest.mark.parametrize(
    ("header", "status"), [(None, 428), ("", 412), ('"2"', 412), ("3", 412), ('"33"', 412)]
)
def test_any_other_tag_does_not(header: str | None, status: int) -> None:
    with pytest.raises(Problem) as refused:
        require_match(header, 3)
    assert refused.value.status == status
    assert refused.value.headers.get("ETag") == (etag(3) if status == 412 else None)


def test_newer_ids_sort_after_older_ones() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(set(ids))
    assert {one.version for one in ids} == {7}


def test_a_korean_day_begins_nine_hours_before_the_day_of_utc() -> None:
    with clock.frozen(datetime(2026, 1, 31, 14, 59, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-01-31"
    with clock.frozen(datetime(2026, 1, 31, 15, 0, tzinfo=UTC)):
        assert clock.today().isoformat() == "2026-02-01"


def test_the_clock_runs_again_after_it_was_held() -> None:
    with clock.frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        pass
    assert datetime.now(UTC) - clock.now() < timedelta(seconds=5)
    with pytest.raises(ValueError, match="time zone"), clock.frozen(datetime(2020, 1, 1)):  # noqa: DTZ001
        pass


def test_a_generated_secret_is_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    key = settings.signing_key()
    assert len(key) >= 32
    assert Settings(data_dir=tmp_path).signing_key() == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
    assert kept_secret(tmp_path / "other") != key


def test_processes_that_start_together_keep_one_secret(tmp_path: Path) -> None:
    together = Barrier(8)

    def kept(_: int) -> str:
        together.wait()
        return kept_secret(tmp_path / "secret-key")

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(kept, range(8)))
    assert len(found) == 1
    assert len(found.pop()) >= 32
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_an_empty_file_is_no_secret(tmp_path: Path) -> None:
    """What a full disk or a crash left there would let anybody sign tokens."""
    (tmp_path / "secret-key").touch()
    with pytest.raises(SettingsError, match="secret-key"):
        Settings(data_dir=tmp_path).signing_key()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.7", "alliance.example"])
@pytest.mark.parametrize("secret", [None, "changeme", "short"])
def test_beyond_loopback_the_service_does_not_start_without_a_good_secret(
    tmp_path: Path, host: str, secret: str | None
) -> None:
    with pytest.raises(SettingsError, match="ALLIANCE_SECRET_KEY"):
        Settings.model_validate({"data_dir": tmp_path, "host": host, "secret_key": secret}).signing_key()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.9"])
def test_on_loopback_a_secret_is_made(tmp_path: Path, host: str) -> None:
    assert Settings(data_dir=tmp_path, host=host).signing_key()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALLIANCE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ALLIANCE_HOST", "0.0.0.0")
    monkeypatch.setenv("ALLIANCE_SECRET_KEY", "k" * 32)
    monkeypatch.setenv("ALLIANCE_SEED", "none")
    settings = Settings()
    assert (settings.signing_key(), settings.seed.value) == ("k" * 32, "none")
    assert "k" * 32 not in repr(settings)


def test_the_bounds_of_a_list_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list_policy(Settings()) == ListPolicy(), "the defaults are those of the library"
    monkeypatch.setenv("ALLIANCE_EXPOSURE_BOUND", "2.5")
    assert list_policy(Settings()).exposure_bound == 2.5
    monkeypatch.setenv("ALLIANCE_EXPOSURE_BOUND", "off")
    monkeypatch.setenv("ALLIANCE_NEWCOMER_PLACES", "0")
    monkeypatch.setenv("ALLIANCE_COVER_KINDS", "off")
    assert list_policy(Settings()) == BY_SCORE


@pytest.mark.parametrize(
    ("name", "value"), [("EXPOSURE_BOUND", "0.9"), ("EXPOSURE_BOUND", "inf"), ("NEWCOMER_PLACES", "4")]
)
def test_a_bound_that_nobody_could_keep_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"ALLIANCE_{name}", value)
    with pytest.raises(SettingsError, match=f"ALLIANCE_{name} .* 써 주세요"):
        Settings()
