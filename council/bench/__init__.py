"""Models against a suite of tasks: run here, or imported with what they wrote elsewhere, kept sample by sample."""

from council.bench.events import BenchEvent, BenchmarkOpened, ModelLoaded, ModelLoading, SampleFinished, SampleStarted
from council.bench.importing import import_outputs
from council.bench.plan import BenchPlan, Slot, plan_slots
from council.bench.running import resume_benchmark, run_benchmark

__all__ = [
    "BenchEvent",
    "BenchPlan",
    "BenchmarkOpened",
    "ModelLoaded",
    "ModelLoading",
    "SampleFinished",
    "SampleStarted",
    "Slot",
    "import_outputs",
    "plan_slots",
    "resume_benchmark",
    "run_benchmark",
]
