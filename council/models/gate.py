"""One gate a provider: how often it may be asked, how much at once, and when again. The one owner of retries."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from asyncio_throttle.throttler import Throttler
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_any
from tenacity.stop import stop_base
from tenacity.wait import wait_exponential, wait_random

from council.errors import ModelBroken, ModelBusy, ModelError, ModelTimeout, ModelUnreachable
from council.models.budget import Purse
from council.models.failures import alone
from council.policies import seat_for
from council.protocols import ModelClient, ModelHost
from council.settings import GateSettings, Settings
from council.types.calls import Call, CallState, LoadedModel, LocalModel, Progress, Reply

Listener = Callable[[Progress], None]

_BACK_OFF = wait_exponential(multiplier=0.5, max=8.0) + wait_random(0.0, 0.5)
_LATE = wait_random(0.0, 0.25)
"""Added to ``Retry-After``, so that the seats of one provider do not all come back in the same moment."""
_WORDS = ((ModelBusy, "busy"), (ModelTimeout, "too slow"), (ModelUnreachable, "unreachable"), (ModelBroken, "failed"))


@dataclass(frozen=True)
class _Sitting:
    ends_at: float
    purse: Purse


_SITTING: ContextVar[_Sitting | None] = ContextVar("council_sitting", default=None)


@contextmanager
def sitting(settings: Settings, *, deadline_s: float | None = None, spent_usd: float = 0.0) -> Iterator[None]:
    """Let all calls made inside share one deadline and one budget, those of the settings unless given.

    ``spent_usd`` is what the sitting has cost before, when it is taken up again. Needs a running loop. Outside of it a
    client has one budget for its life, and each call its own deadline.
    """
    ends_at = asyncio.get_running_loop().time() + (deadline_s or settings.deadline_s)
    token = _SITTING.set(_Sitting(ends_at=ends_at, purse=Purse(settings.budget_usd, spent_usd)))
    try:
        yield
    finally:
        _SITTING.reset(token)


class Gate:
    """Lets calls to one provider through: fair, at a rate, so many at once, and none while it asked for quiet."""

    def __init__(self, provider: str, limits: GateSettings) -> None:
        self._provider = provider
        burst = max(1, int(limits.rate_per_s))
        self._throttler = Throttler(rate_limit=burst, period=burst / limits.rate_per_s, retry_interval=0.01)
        self._turn = asyncio.Lock()
        self._places = asyncio.Semaphore(limits.concurrency)
        self._quiet_until = 0.0

    def keep_quiet(self, seconds: float) -> None:
        """Let nobody through for a while, because the provider said so."""
        self._quiet_until = max(self._quiet_until, asyncio.get_running_loop().time() + seconds)

    @asynccontextmanager
    async def passed(self, ends_at: float) -> AsyncIterator[None]:
        """Wait for a place and a turn, and keep the place. Raises ``ModelBusy`` when the quiet outlasts ``ends_at``."""
        clock = asyncio.get_running_loop().time
        async with self._places:
            # The throttler polls and is not fair: one waiter at a time, first come, first served.
            async with self._turn:
                while (quiet_s := self._quiet_until - clock()) > 0:
                    if self._quiet_until >= ends_at:
                        raise ModelBusy(f"{self._provider} asks to come back later", retry_after_s=quiet_s)
                    await asyncio.sleep(quiet_s)
                await self._throttler.acquire()  # type: ignore[no-untyped-call]
            yield


class GatedClient:
    """Puts gates, retries, a limit per attempt and a budget around a client.

    Args:
        client: asks once and never retries.
        settings: rates, attempts, limits, budget.
        provider: the gate all calls go through; else each goes through that of its model's provider.
        limit_s: longest attempt of a call that names none; also the deadline where ``deadline_s`` is shorter.
    """

    def __init__(
        self, client: ModelClient, settings: Settings, *, provider: str | None = None, limit_s: float | None = None
    ) -> None:
        self._client = client
        self._settings = settings
        self._provider = provider
        self._limit_s = limit_s or settings.attempt_limit_s
        self._deadline_s = max(settings.deadline_s, self._limit_s)
        self._purse = Purse(settings.budget_usd)
        # asyncio's locks belong to one loop; a program may run several one after another.
        self._gates: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Gate]] = weakref.WeakKeyDictionary()

    async def complete(self, call: Call, *, on_progress: Listener | None = None) -> Reply:
        """Return the reply, with the number of attempts. Raises the last attempt's ``ModelError``, which has it too."""
        clock = asyncio.get_running_loop().time
        sitting_now = _SITTING.get()
        ends_at = clock() + self._deadline_s if sitting_now is None else sitting_now.ends_at
        case = _Case(call, on_progress, ends_at, self._purse if sitting_now is None else sitting_now.purse)
        gate = self._gate(self._provider or seat_for(call.model).provider)
        with alone():
            try:
                async with asyncio.timeout_at(ends_at) as deadline:
                    reply: Reply = await self._retrying(case, gate)(self._attempt, case, gate)
            except TimeoutError:
                if not deadline.expired():
                    raise
                raise case.counted(ModelTimeout("no answer before the deadline")) from None
            except ModelError as error:
                raise case.counted(error) from None
        counted: Reply = reply.but(attempts=max(1, case.asked))
        return counted

    async def _attempt(self, case: _Case, gate: Gate) -> Reply:
        case.hear(Progress(state=CallState.WAITING))
        async with gate.passed(case.ends_at):
            limit_s = case.call.timeout_s or self._limit_s
            with case.purse.reserved(case.call) as bill:
                try:
                    async with asyncio.timeout(limit_s) as limit:
                        reply = await self._client.complete(case.call.but(timeout_s=limit_s), on_progress=case.hear)
                except TimeoutError:
                    if not limit.expired():
                        raise
                    raise ModelTimeout.after(limit_s) from None
                bill.settle(reply.cost_usd)
                return reply

    def _retrying(self, case: _Case, gate: Gate) -> AsyncRetrying:
        def listen(state: RetryCallState) -> None:
            error = _error_of(state)
            if error.retry_after_s is not None:
                gate.keep_quiet(error.retry_after_s)
            word = next((word for kind, word in _WORDS if isinstance(error, kind)), "failed")
            case.hear(Progress(state=CallState.RETRYING, detail=f"{word}, again in {state.upcoming_sleep:.0f} s"))

        return AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
            wait=_pause_s,
            stop=stop_any(stop_after_attempt(self._settings.attempts), _TooLate(case.ends_at)),
            before_sleep=listen,
            reraise=True,
        )

    def _gate(self, provider: str) -> Gate:
        gates = self._gates.setdefault(asyncio.get_running_loop(), {})
        if provider not in gates:
            gates[provider] = Gate(provider, self._settings.gate(provider))
        return gates[provider]


class GatedHost(GatedClient):
    """The same around a server of local models, which is one provider whatever its models are called."""

    def __init__(self, host: ModelHost, settings: Settings) -> None:
        super().__init__(host, settings, provider="ollama", limit_s=settings.generation_timeout_s)
        self._host = host

    async def version(self) -> str:
        """Return the server's version. Raises ``ModelUnreachable``."""
        return await self._host.version()

    async def models(self) -> tuple[LocalModel, ...]:
        """Return the models on disk."""
        return await self._host.models()

    async def loaded(self) -> tuple[LoadedModel, ...]:
        """Return the models in memory now."""
        return await self._host.loaded()

    async def unload(self, name: str) -> None:
        """Take a model out of memory, where the host can do that."""
        if (let_go := getattr(self._host, "unload", None)) is not None:
            await let_go(name)


class _Case:
    """One call on its way: until when, from whose purse, and how often it was really sent."""

    def __init__(self, call: Call, listener: Listener | None, ends_at: float, purse: Purse) -> None:
        self.call = call
        self.ends_at = ends_at
        self.purse = purse
        self.asked = 0
        self._listener = listener

    def hear(self, progress: Progress) -> None:
        """Count and pass on what the call does now."""
        if progress.state is CallState.ASKING:
            self.asked += 1
        if self._listener is not None:
            self._listener(progress)

    def counted(self, error: ModelError) -> ModelError:
        """Return the error with the number of attempts, and with the time left where the provider asks for more."""
        left_s = self.ends_at - asyncio.get_running_loop().time()
        if error.retry_after_s is not None and error.retry_after_s >= left_s:
            problem = f"{error.problem}: in {error.retry_after_s:.0f} s, and {max(0.0, left_s):.0f} s are left"
            error = type(error)(problem, error.remedy, retry_after_s=error.retry_after_s)
        error.attempts = self.asked
        return error


class _TooLate(stop_base):
    """Stops when the pause before the next attempt would last beyond the deadline."""

    def __init__(self, ends_at: float) -> None:
        self._ends_at = ends_at

    def __call__(self, state: RetryCallState) -> bool:
        return asyncio.get_running_loop().time() + state.upcoming_sleep >= self._ends_at


def _error_of(state: RetryCallState) -> ModelError:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, ModelError) else ModelBroken("no answer")


def _pause_s(state: RetryCallState) -> float:
    after_s = _error_of(state).retry_after_s
    return _BACK_OFF(state) if after_s is None else after_s + _LATE(state)
