"""The example in the library's README runs as printed."""

import re
from pathlib import Path

import pytest

import matching


@pytest.mark.slow_encoder
def test_the_example_finds_the_supplier(
    encoder_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(encoder_folder.parent)
    readme = Path(matching.__path__[0], "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    exec(example, {})
    assert capsys.readouterr().out == "VISION ['s1']\n"
