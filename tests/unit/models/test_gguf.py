"""What a GGUF file says of itself, and what is no such file."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from council.errors import UsageError
from council.models.gguf import file_of, read_head


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def entry(key: str, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: str, *sizes: int) -> bytes:
    return (
        text(name) + struct.pack("<I", len(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes) + struct.pack("<IQ", 0, 0)
    )


ENTRIES = [
    entry("general.architecture", 8, text("qwen2")),
    entry("general.name", 8, text("A model\x1b[31m")),
    entry("general.file_type", 4, struct.pack("<I", 15)),
    entry("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 2) + text("a") + text("b")),
    entry("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 3) + bytes(12)),
    entry("qwen2.context_length", 4, struct.pack("<I", 32768)),
    entry("some.flag", 7, b"\x01"),
]
TENSORS = [tensor("token_embd.weight", 64, 100), tensor("output_norm.weight", 64)]


def whole(entries: list[bytes] = ENTRIES, tensors: list[bytes] = TENSORS, version: int = 3) -> bytes:
    counts = struct.pack("<IQQ", version, len(tensors), len(entries))
    return b"GGUF" + counts + b"".join(entries) + b"".join(tensors)


def test_a_head_is_read(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(whole() + bytes(1000))
    head = read_head(path)
    assert (head.family, head.quantisation, head.context_tokens) == ("qwen2", "Q4_K_M", 32768)
    assert head.parameters == 64 * 100 + 64 and head.name == "A model\\x1b[31m"


def test_what_it_does_not_say_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(whole([], []))
    assert set(read_head(path).model_dump().values()) == {None}


@pytest.mark.parametrize("data", [b"", b"GGU", b"PK\x03\x04 a zip", b"<html>"])
def test_the_magic_is_looked_at(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="not a GGUF file"):
        read_head(path)


@pytest.mark.parametrize(
    "data",
    [
        whole()[:60],
        whole(version=9),
        b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 0),
        whole([entry("x", 8, struct.pack("<Q", 1 << 60))]),
        whole([entry("x", 77, b"")]),
        whole([entry("x", 9, struct.pack("<IQ", 8, 1 << 60))]),
        whole([entry("x", 9, struct.pack("<IQ", 9, 1) * 50)]),
        whole([], [text("t") + struct.pack("<I", 1 << 30)]),
    ],
    ids=["cut", "version", "tensors", "string", "type", "array", "nested", "dimensions"],
)
def test_a_broken_head_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="its head is broken"):
        read_head(path)


@given(data=st.binary(max_size=300), start=st.integers(0, 200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
def test_no_bytes_are_a_bug_of_ours(tmp_path: Path, data: bytes, start: int) -> None:
    path = tmp_path / "m.gguf"
    good = whole()
    path.write_bytes(b"GGUF" + (good[4:start] + data + good[start + len(data) :]))
    try:
        read_head(path)
    except UsageError as error:
        assert "m.gguf" in error.problem


def test_a_name_must_name_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.gguf").write_bytes(b"GGUF")
    assert file_of(f"gguf:{tmp_path}/m.gguf") == tmp_path / "m.gguf"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert file_of("gguf:~/m.gguf") == tmp_path / "m.gguf"
    for name, words in {
        "gguf:": "names no file",
        f"gguf:{tmp_path}": "is a folder",
        f"gguf:{tmp_path}/no\x1b.gguf": "no\\x1b.gguf: there is no such file",
    }.items():
        with pytest.raises(UsageError) as caught:
            file_of(name)
        assert words in caught.value.problem
