from council._version import __version__ as __version__
from council.api import (
    advise as advise,
    aggregate as aggregate,
    audit as audit,
    generate as generate,
    render as render,
    review as review,
    review_sync as review_sync,
    stream as stream,
    validate as validate,
)
from council.engine import Council as Council
from council.errors import CouncilError as CouncilError, ModelBanned as ModelBanned
from council.policies import Policy as Policy
from council.settings import Settings as Settings, load_settings as load_settings
from council.types.advisories import Advisory as Advisory
from council.types.audits import Audit as Audit
from council.types.checks import (
    CheckOutcome as CheckOutcome,
    CheckResult as CheckResult,
    ValidationReport as ValidationReport,
)
from council.types.consensus import Consensus as Consensus, Decision as Decision
from council.types.findings import Finding as Finding, Location as Location, Severity as Severity
from council.types.reviews import (
    Ballot as Ballot,
    Review as Review,
    ReviewOutcome as ReviewOutcome,
    Seat as Seat,
    Verdict as Verdict,
)
from council.types.session import Session as Session
from council.types.submission import SourceFile as SourceFile, Submission as Submission
