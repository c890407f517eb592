"""Laws of the redaction: every value goes in every form, every shape of a key goes, and ordinary code stays."""

from __future__ import annotations

import base64
import json
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from council.settings import hide_logins, named_logins, secret_values
from council.text import REDACTED, clip, logins_of, one_line, redact

Growth = Callable[[Callable[[str], object], Callable[[int], str]], float]
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=80)
WORDS = st.text("abcxyz \n\t.,:;(){}'\"", max_size=60)
PLAIN = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=16, max_size=60)


@given(before=WORDS, key=KEYS, after=WORDS)
@example(before="", key="\\" * 8, after="")
@example(before="", key='a"b\\c"d\\e', after="")
def test_a_value_goes_from_any_text(before: str, key: str, after: str) -> None:
    clean = redact(before + key + after, [key], shapes=False)
    assert key not in clean and REDACTED in clean


@given(before=WORDS, key=KEYS, after=WORDS, deep=st.integers(1, 4))
@example(before="", key="000000\\0", after="", deep=2)
@example(before="x", key='"\\\\"a\\\\\\"b', after="", deep=3)
@example(before="", key="\\" * 7 + "a", after="", deep=2)
def test_a_value_goes_from_json_in_json(before: str, key: str, after: str, deep: int) -> None:
    text = before + key + after
    for _ in range(deep):
        text = json.dumps({"text": text})
    clean = redact(text, [key], shapes=False)
    assert REDACTED in clean and json.dumps(key)[1:-1] not in clean and key not in clean


@given(key=st.text(min_size=8, max_size=40), before=st.binary(max_size=9), after=st.binary(max_size=9))
def test_a_value_goes_from_base64_wherever_it_begins(key: str, before: bytes, after: bytes) -> None:
    assume(not any(0xD800 <= ord(char) <= 0xDFFF for char in key))
    coded = base64.b64encode(before + key.encode() + after).decode()
    assert REDACTED in redact(f"it is {coded}", [key], shapes=False)
    assert REDACTED in redact(base64.urlsafe_b64encode(before + key.encode() + after).decode(), [key], shapes=False)
    assert REDACTED in redact(key.encode().hex(), [key], shapes=False)


@given(
    key=PLAIN, border=st.integers(0, 60), between=st.sampled_from(["\n", "\n    ", "\r\n", " ", "\\n", '\\\\n"'[:3]])
)
def test_a_long_value_goes_with_a_break_in_it(key: str, border: int, between: str) -> None:
    at = border % (len(key) - 1) + 1
    clean = redact(f"so {key[:at]}{between}{key[at:]} it is", [key], shapes=False)
    assert clean == f"so {REDACTED} it is"


@given(key=PLAIN, cut=st.integers(8, 59))
def test_what_was_cut_before_keeps_no_long_part(key: str, cut: int) -> None:
    assume(8 <= cut < len(key))
    shown = one_line("said: " + key + " and more words", len("said: ") + cut + 1)
    assert key[:8] not in redact(shown, [key], shapes=False)
    clipped = clip("a" * 50 + key + "b" * 50, 2 * (50 + cut // 2))
    assume(len(key) - cut // 2 >= 8)
    clean = redact(clipped, [key], shapes=False)
    assert cut // 2 < 8 or key[: cut // 2] not in clean


@given(keys=st.lists(PLAIN, min_size=1, max_size=4, unique=True), order=st.randoms())
def test_order_never_decides(keys: list[str], order: object) -> None:
    text = " and ".join(keys)
    shuffled = list(keys)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert redact(text, keys, shapes=False) == redact(text, shuffled, shapes=False)


@given(text=st.text(max_size=200), keys=st.lists(KEYS, max_size=3))
def test_redacting_twice_is_redacting_once(text: str, keys: list[str]) -> None:
    assume(not any(part in REDACTED or REDACTED in part for part in keys))
    once = redact(text, keys)
    assert redact(once, keys) == once


@given(text=st.text("abcdefgh \n", max_size=300))
def test_a_text_without_secrets_stays(text: str) -> None:
    assert redact(text, ["Kq7-not-in-there", "another/one+here=="]) == text


LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF" * 3
SHAPES = (
    "sk-" + LETTERS[:48], "sk-proj-" + LETTERS[:40], "sk-ant-api03-" + LETTERS[:60], "sk_live_" + LETTERS[:24],
    "AIza" + LETTERS[:35], "ya29." + LETTERS[:40], "ghp_" + LETTERS[:36], "gho_" + LETTERS[:36],
    "github_pat_" + LETTERS[:22] + "_" + LETTERS[:59], "glpat-" + LETTERS[:20], "xoxb-1234567890-" + LETTERS[:24],
    "xoxa-2-" + LETTERS[:20], "xoxp-" + LETTERS[:30], "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "hf_" + LETTERS[:34],
    "gsk_" + LETTERS[:50], "xai-" + LETTERS[:60], "pplx-" + LETTERS[:48], "npm_" + LETTERS[:36],
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + LETTERS[:43],
)  # fmt: skip
IN_CONTEXT = (
    ("Authorization: Bearer ", LETTERS[:30], ""), ("authorization: basic ", LETTERS[:30] + "==", ""),
    ("{'Authorization': 'Basic ", LETTERS[:30], "'}"), ("x-api-key: ", LETTERS[:30], ""), ("api-key=", LETTERS[:30], ""),
    ("x-goog-api-key: '", LETTERS[:30], "'"), ("https://me:", "hunter2!", "@host/x"), ("postgresql://me:", "s3cr3t", "@db/x"),
    ("https://", LETTERS[:20], "@host/x"), ("http://host/v1?api_key=", "short-key", "&a=1"),
    ("https://host/x?a=1&access_token=", LETTERS[:20], ""), ("postgresql://host/db?password=", "hunter2hunter2", " "),
)  # fmt: skip


@given(
    shape=st.sampled_from(SHAPES),
    around=st.sampled_from(["{}", "key={}", '"{}"', "({}),", "a\n{}\nb", "<{}>", "k: {}."]),
)
def test_every_shape_of_a_key_goes(shape: str, around: str) -> None:
    assert redact(around.format(shape)) == around.format(REDACTED)


@pytest.mark.parametrize(("before", "secret", "after"), IN_CONTEXT)
def test_what_its_place_gives_away_goes(before: str, secret: str, after: str) -> None:
    assert redact(f"x {before}{secret}{after} y") == f"x {before}{REDACTED}{after} y"


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
@pytest.mark.parametrize("end", ["\n", "\\n"])
def test_private_keys_go_whole(kind: str, end: str) -> None:
    body = end.join([LETTERS[:64]] * 20)
    block = f"-----BEGIN {kind}PRIVATE KEY-----{end}{body}{end}-----END {kind}PRIVATE KEY-----"
    assert redact(f"a {block} b") == f"a {REDACTED} b"
    assert LETTERS[:64] not in redact(f"a {block[:200]}")


def test_the_standard_library_stays_as_it_is() -> None:
    root = Path(sysconfig.get_path("stdlib"))
    files = [
        path for path in sorted(root.glob("*.py")) + sorted(root.glob("[a-z]*/*.py")) if "-packages" not in str(path)
    ]
    assert len(files) > 300
    changed = []
    for path in files[::2]:
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.parent.name not in ("test", "tests") and redact(text, ["a-live-key-of-16+", "another-key"]) != text:
            changed.append(path.name)
    assert not changed


@pytest.mark.parametrize(
    "piece",
    ["\\", "K", "K\\", "K\n", "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----" + "A" * 50, "eyJ", "a:", "x://a:",
     "…", "?key=", "basic ", "https://"],
    ids=range(13),
)  # fmt: skip
def test_no_text_makes_it_slow(piece: str, growth: Growth) -> None:
    def hide(text: str) -> str:
        return redact(text, ["K" * 39 + "x", "\\" * 20 + "y", "K\\" * 10 + "K"])

    assert growth(hide, lambda size: "x://" + piece * (8_000 // len(piece)) * size) < 24


def test_a_torn_private_key_goes_and_so_does_the_next() -> None:
    begin, end = "-----BEGIN RSA PRIVATE KEY-----\n", "-----END RSA PRIVATE KEY-----"
    torn, whole = (LETTERS + "\n") * 3, (LETTERS[::-1] + "\n") * 3
    assert redact(f"a {begin}{torn}{begin}{whole}{end} b") == f"a {REDACTED}{REDACTED} b"


def test_which_variables_hold_secrets() -> None:
    holding = {
        "A_KEY": "value-of-key", "B_TOKEN": "value-of-token\n", "GITHUB_PAT": "value-of-pat", "DB_PASS": "value-of-pass",
        "HTTPS_PROXY": "http://me:value-of-proxy@host:1", "OLLAMA_HOST": "me:value-of%2Bhost@box:1",
        "BASE": "https://h/v1?sig=value-of-sig&a=plain-value",
    }  # fmt: skip
    plain = {"EMAIL": "first.last@example.org", "PATH": "/usr/bin", "C_KEY": "short", "REPO": "ssh://somebody@host/x",
             "PS1": "\\u@\\h:\\w a long prompt \\u@ more"}  # fmt: skip
    found = set(secret_values({**holding, **plain})) - set(named_logins())
    wanted = {"key", "token", "pat", "pass", "proxy", "sig"}
    assert {value.removeprefix("value-of-") for value in found} >= wanted | {
        "token\n",
        "value-of%2Bhost",
        "value-of+host",
    }
    assert all("value-of" in value for value in found)


@given(address=st.text(max_size=60))
def test_any_text_can_be_read_as_an_address(address: str) -> None:
    assert all(part for part in logins_of(address))


def test_a_login_that_was_named_is_a_secret_from_then_on() -> None:
    assert "named-by-a-panel" not in secret_values({})
    hide_logins("https://me:named-by-a-panel@host/v1")
    hide_logins(None)
    assert "named-by-a-panel" in secret_values({})
