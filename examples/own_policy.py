"""Judge two files that were never written to disk, by a policy made in Python. No model is asked."""

import asyncio

import council
from council import Policy, SourceFile, Submission, load_settings
from council.policies import Criterion

POLICY = Policy(
    id="half",
    title="Half of the tests will do",
    checks_only=True,
    criteria=(
        Criterion(check="syntax", block_at=council.Severity.INFO),
        Criterion(check="tests", min_pass_rate=0.5, on_fail="changes_requested"),
    ),
)
SUBMISSION = Submission(
    files=(SourceFile(path="words.py", text="def shout(text):\n    return text.upper()\n"),),
    tests=(
        SourceFile(
            path="test_words.py",
            text="from words import shout\n\n\n"
            "def test_one():\n    assert shout('a') == 'A'\n\n\n"
            "def test_two():\n    assert shout('b') == 'b'\n",
        ),
    ),
)


async def main() -> None:
    settings = load_settings().settings.but(store=False)
    session = await council.review(SUBMISSION, policy=POLICY, settings=settings)
    if session.consensus is not None:
        print(f"council {council.__version__}, policy {session.policy}: {session.consensus.decision.value}")


if __name__ == "__main__":
    asyncio.run(main())
