from council.sandbox.probe import BackendProbe as BackendProbe
from council.sandbox.probe import SandboxProbe as SandboxProbe
from council.sandbox.probe import open_sandbox as open_sandbox
from council.sandbox.probe import probe_sandbox as probe_sandbox
