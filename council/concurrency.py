"""Two things at once, and one exception out of a group of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def beside(work: Awaitable[T], aside: Awaitable[None]) -> T:
    """Do some work while something else goes on; a failure leaves as itself, not wrapped in an ExceptionGroup."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        group.create_task(_awaited(aside))
        try:
            result = await work
        except Exception as error:
            failure = error
    if failure is not None:
        raise failure
    return result


def first_failure(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one exception that says why: groups are for the machine, people get one sentence."""
    inner = failures.exceptions[0]
    return first_failure(inner) if isinstance(inner, BaseExceptionGroup) else inner


async def _awaited(aside: Awaitable[None]) -> None:
    await aside
