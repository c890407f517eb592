"""Let your local model write a function, and watch what it does. Needs an Ollama: export OLLAMA_MODEL=…"""

import asyncio
import sys

import council


async def main() -> int:
    task = "Write a function `clamp(value, low, high)` that returns `value`, held between `low` and `high`."
    try:
        submission = await council.generate(task)
    except council.CouncilError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print(submission.files[0].text)
    report = await council.validate(submission)
    print("failed:", ", ".join(check.name for check in report.failed) or "nothing")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
