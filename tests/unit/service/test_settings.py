"""A setting that cannot be read is told in one Korean line that names the variable and the way out."""

import sys

import pytest

from service import cli
from service.messages.settings import WANTED
from service.settings import Settings

WRONG = {
    "ALLIANCE_PORT": ["abc", "70000"],
    "ALLIANCE_EXPOSURE_BOUND": ["0.5", "never"],
    "ALLIANCE_SEED": ["everything"],
    "ALLIANCE_SMTP_URL": ["http://mail.example", "smtp://", "smtp://mail.example:many", "smtp://[::1"],
    "ALLIANCE_DATABASE_URL": ["nonsense", "mysql://a/b", "postgresql://a:many/b", "host=a dbname=b"],
    "ALLIANCE_PUBLIC_URL": ["alliance.example", "ftp://alliance.example", "https://"],
    "ALLIANCE_NTS_URL": ["::"],
    "ALLIANCE_CORS_ORIGINS": [
        "https://a.example,b.example",
        "https://a.example/",
        "*",
        "https://u:p@a.example",
    ],
    "ALLIANCE_MAIL_FROM": ["alliance", "얼라이언스 <no-reply@alliance.example>", "a@b\n"],
    "ALLIANCE_TRUSTED_PROXIES": ["*", "proxy.example", "10.0.0.5/8"],
    "ALLIANCE_ADMIN_PASSWORD": ["short"],
    "ALLIANCE_LOG_LEVEL": ["loud"],
    "ALLIANCE_SLOW_QUERY_MS": ["0", "often"],
    "ALLIANCE_METRICS_TOKEN": ["short"],
    "ALLIANCE_WORKER_METRICS_PORT": ["0", "70000"],
}


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """The exit code of `alliance` with these arguments."""
    monkeypatch.setattr(sys, "argv", ["alliance", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in WRONG for value in WRONG[name]])
def test_a_wrong_setting_is_one_line_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert command(monkeypatch, "verify", "access-log") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [f"오류: {name} 값을 읽을 수 없습니다. {WANTED[name[9:].lower()]}"]


@pytest.mark.parametrize(
    "arguments",
    [
        *((name,) for name in ("run", "serve", "worker", "migrate", "seed", "prepare", "evaluate", "purge")),
        ("rollback",),
        ("backup", "never-written"),
        ("train", "ranker"),
        ("train", "intent"),
    ],
    ids=" ".join,
)
def test_every_command_tells_every_wrong_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ALLIANCE_PORT", "abc")
    monkeypatch.setenv("ALLIANCE_TOKEN_MINUTES", "0")
    assert command(monkeypatch, *arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["ALLIANCE_PORT", "ALLIANCE_TOKEN_MINUTES"]


def test_every_setting_has_a_sentence_and_no_other() -> None:
    assert WANTED.keys() == Settings.model_fields.keys()


def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"ALLIANCE_{name.upper()}", "")
    assert Settings() == Settings.model_validate({})
    assert Settings().nts_api_key is None


def test_what_is_right_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    right = {
        "ALLIANCE_DATABASE_URL": "postgresql://alliance@/tests?host=/tmp/sockets",
        "ALLIANCE_SMTP_URL": "smtps://user:pass%40word@mail.example",
        "ALLIANCE_CORS_ORIGINS": "https://a.example, http://localhost:3000",
        "ALLIANCE_PUBLIC_URL": "https://alliance.example/portal/",
        "ALLIANCE_EXPOSURE_BOUND": "off",
    }
    for name, value in right.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.cors_origins == ("https://a.example", "http://localhost:3000")
    assert (settings.exposure_bound, settings.database_url) == ("off", right["ALLIANCE_DATABASE_URL"])


def test_a_database_that_does_not_answer_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ALLIANCE_DATABASE_URL", "postgresql://someone:open-sesame@127.0.0.1:1/nothing")
    for arguments in (("purge",), ("backup", "never-written")):
        assert command(monkeypatch, *arguments) == 1
        said = capsys.readouterr().err
        assert len(said.splitlines()) == 1
        assert "ALLIANCE_DATABASE_URL" in said
        assert "open-sesame" not in said
