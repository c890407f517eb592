"""Let the models named on the command line review the faulty cache, and print the decision as Markdown.

python examples/review_with_seats.py ollama_chat/qwen2.5-coder:1.5b openai/gpt-5.2
"""

import sys
from pathlib import Path

import council

HERE = Path(__file__).parent / "lru_cache"


def main() -> int:
    session = council.review_sync(
        HERE / "faulty" / "lru_cache.py",
        task=(HERE / "task.md").read_text(encoding="utf-8"),
        tests=HERE / "test_lru_cache.py",
        policy=None if sys.argv[1:] else "checks-only",
        seats=sys.argv[1:] or None,
        settings=council.Settings(store=False),
    )
    print(council.render(session))
    return session.consensus.decision.exit_code if session.consensus else 3


if __name__ == "__main__":
    sys.exit(main())
