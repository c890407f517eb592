"""Run the checks on two versions of a program and print what each one failed. No model is asked."""

import asyncio
from pathlib import Path

import council

HERE = Path(__file__).parent / "lru_cache"


async def main() -> None:
    for version in ("faulty", "right"):
        report = await council.validate(HERE / version / "lru_cache.py", tests=HERE / "test_lru_cache.py")
        print(f"{version}: {', '.join(check.name for check in report.failed) or 'nothing'} failed")
        tests = report.check("tests")
        for test in tests.tests if tests else ():
            if test.outcome != "passed":
                print(f"  {test.name}: {test.reason}")


if __name__ == "__main__":
    asyncio.run(main())
