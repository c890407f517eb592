from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from council.errors import SettingsError
from council.models.address import base_url, is_loopback, shown


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("127.0.0.1:11434", "http://127.0.0.1:11434"),
        ("box", "http://box:11434"),
        ("box:8080", "http://box:8080"),
        ("http://box", "http://box:80"),
        ("https://box", "https://box:443"),
        ("HTTPS://box", "https://box:443"),
        ("http://box:11434/", "http://box:11434"),
        ("https://box/ollama/", "https://box:443/ollama"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://0.0.0.0:80", "http://127.0.0.1:80"),
        ("[::]:11434", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("::1", "http://[::1]:11434"),
        ("fe80::1", "http://[fe80::1]:11434"),
        (":9999", "http://127.0.0.1:9999"),
        ("", "http://127.0.0.1:11434"),
        (' "box" ', "http://box:11434"),
        ("http://me:pass@box", "http://me:pass@box:80"),
    ],
)
def test_reads_addresses_as_ollama_does(written: str, meant: str) -> None:
    assert base_url(written) == meant


@pytest.mark.parametrize("written", ["ftp://box", "box:port", "box:0", "box:65536", "a b", "box:²", "-\n:1"])
def test_refuses_what_is_no_address(written: str) -> None:
    with pytest.raises(SettingsError, match="ollama_host"):
        base_url(written)


def test_never_shows_a_password() -> None:
    assert shown(base_url("https://me:hunter2hunter2@box")) == "box:443"
    with pytest.raises(SettingsError) as caught:
        base_url("http://me:hunter2hunter2@box:nope")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1.2.3:80"])
def test_knows_this_machine(host: str) -> None:
    assert is_loopback(base_url(host))


def test_knows_other_machines() -> None:
    assert not is_loopback(base_url("10.0.0.1")) and not is_loopback(base_url("box"))


@given(st.text(max_size=40))
def test_every_text_is_an_address_or_a_settings_error(text: str) -> None:
    try:
        url = base_url(text)
    except SettingsError:
        return
    assert url.startswith(("http://", "https://")) and not url.endswith("/")
    assert base_url(url) == url
