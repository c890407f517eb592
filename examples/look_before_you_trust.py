"""Read what was measured of a model, and find the code it left behind: from Python, without asking any model."""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import council

HERE = Path(__file__).parent


async def main() -> None:
    """Take a benchmark that somebody ran, render the advisory it supports, and audit a folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = council.Settings(store_url=f"{folder}/council.db")
        evidence = str(HERE / "advisory" / "evidence.jsonl.gz")
        carry = [sys.executable, "-m", "council", "store", "import", evidence]
        subprocess.run([*carry, "--set", f"store_url={settings.store_url}"], check=True)

        advisory: council.Advisory = await council.advise("smollm2:135m", settings=settings)
        print(f"{advisory.subject}: {advisory.status.text}")
        print(council.render(advisory).splitlines()[0])

        found: council.Audit = await council.audit(HERE / "legacy", models=["codellama"], settings=settings)
        for file in found.files:
            print(f"{file.path}: risk {file.risk:.0f} of 100, {file.marks[0].evidence}")

        strict = settings.but(policy=str(HERE / "payments.toml"), model="codellama:34b")
        try:
            await council.generate("a function two() that returns 2", settings=strict)
        except council.ModelBanned as refusal:
            print(refusal)


asyncio.run(main())
