"""A panel that comes with a repository cannot name the server your keys are sent to."""

from __future__ import annotations

from pathlib import Path

import pytest

from council.errors import SettingsError
from council.models.litellm import LiteLLMClient
from council.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8000", True),
        ("https://gateway.example.org/v1", True),
        ("https://gateway.example.org:8443/v1", True),
        ("https://elsewhere.example.org/v1", False),
        ("https://gateway.example.org.evil.test/v1", False),
        ("https://gateway.example.org@evil.test/v1", False),
        ("http://127.0.0.1@evil.test/", False),
        ("http://127.0.0.1.evil.test/", False),
    ],
)
def test_only_named_hosts_and_this_machine_get_a_key(address: str, allowed: bool) -> None:
    client = LiteLLMClient(Settings(key_hosts=("gateway.example.org",)))
    assert client._may_hold_keys(address) is allowed


@pytest.mark.parametrize("name", ["council.toml", "pyproject.toml"])
def test_a_project_may_not_set_them(tmp_path: Path, name: str) -> None:
    head = "[tool.council]\n" if name == "pyproject.toml" else ""
    (tmp_path / name).write_text(f'{head}key_hosts = ["evil.test"]\n')
    with pytest.raises(SettingsError, match="may not set key_hosts"):
        load_settings(folder=tmp_path, environ={}, user_file=tmp_path / "none.toml")


def test_the_user_may(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('key_hosts = ["a.test"]\n')
    found = load_settings(folder=tmp_path, environ={}, user_file=tmp_path / "mine.toml")
    assert found.settings.key_hosts == ("a.test",)
    environ = {"COUNCIL_KEY_HOSTS": "b.test, c.test"}
    assert load_settings(folder=tmp_path, environ=environ).settings.key_hosts == ("b.test", "c.test")
