"""Configuration of tools that names a model. Each row of the tables is one way of one tool; comments do not count."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from council.auditing.comments import style_of
from council.auditing.names import Names


class Setting(NamedTuple):
    """A line that names a model."""

    line: int
    model: str
    text: str


_VALUE = r"[\"']?(?P<value>[\w./:@+-]+(?:[ ]\d+[bB])?)[\"']?"
_VARIABLE = (
    r"(?:[A-Z][A-Z0-9_]*_)?(?:OLLAMA|LLM|AI|CHAT|CODE|CODER|COUNCIL|AIDER|LITELLM|OPENAI|COMPLETION|COPILOT)"
    r"(?:_[A-Z0-9]+)*?_MODEL(?:_NAME)?"
)
_BEGIN = r"(?:^|[\s;&|({'\"`-])"
ENVIRONMENT = (
    rf"(?<![\w$]){_VARIABLE}[\"']?[ ]*(?::|=|\?=|:=)[ ]*{_VALUE}(?=[\s,;&|)}}\"'\\#]|$)",
    rf"^\s*(?:ENV|ARG)\s+{_VARIABLE}\s+{_VALUE}\s*$",
    rf"^\s*(?:setenv|set -g?x|set -x|setx)\s+{_VARIABLE}\s+{_VALUE}\s*$",
    rf"\$\{{{_VARIABLE}:?[-=]{_VALUE}\}}",
)
"""Variables of the environment, in shells, ``.env``, Dockerfiles, compose and CI files."""
COMMANDS = (
    rf"{_BEGIN}ollama\s+(?:run|pull|create|push|serve|show|cp)\s+(?:--?[\w-]+\s+)*{_VALUE}(?=[\s;&|)\"'`\]]|$)",
    rf"[\"']ollama[\"'],\s*[\"'](?:run|pull)[\"'],\s*{_VALUE}",
    rf"{_BEGIN}(?:aider|council|llm|vengeance-validate|litellm|opencode|goose|tabby|mods|fabric|sgpt)\s[^\n#;"
    rf"|&]*?--(?:draft-|weak-)?model[= ]{_VALUE}",
)
"""Commands, where a command can stand."""
_KEY = (
    r"^[\s{,-]*[\"']?(?:(?:draft|weak|editor|default|chat|code|coder|completion|autocomplete|embedding|small|fast|main)"
    r"[-_]?)?model(?:[-_](?:name|id))?[\"']?\s*[:=]\s*"
)
KEYS = (
    rf"{_KEY}{_VALUE}\s*[,;]?\s*(?:#.*)?$",
    rf"^\s*(?:seats|models)\s*=\s*\[.*?{_VALUE}",
    rf"[{{,]\s*[\"']model[\"']\s*:\s*{_VALUE}",
)
"""``model = …`` in a file that is known to configure a tool."""
MODELFILE = (rf"^\s*FROM\s+{_VALUE}\s*$",)

_TOOLS = re.compile(
    r"(?i)^(?:council\.toml|\.?aider.*\.ya?ml|litellm.*\.(?:ya?ml|json|toml)|(?:proxy_)?config\.litellm\.ya?ml"
    r"|opencode\.jsonc?"
    r"|\.?goose.*\.ya?ml|\.?tabby.*|cody\.json|\.?llm.*\.(?:ya?ml|toml|json)|\.?ollama.*\.(?:ya?ml|toml|json)"
    r"|promptfoo.*\.ya?ml"
    r"|twinny.*|\.?copilot.*\.(?:ya?ml|json)|models?\.config\.(?:json|ya?ml|js)|\.continuerc\.json)$"
)
_TOOL_FOLDERS = re.compile(
    r"(?i)(?:^|/)\.(?:continue|aider|opencode|tabby|goose|cursor|zed|vscode|github/copilot|llm|ollama)/"
)
_CONFIGURES = re.compile(r"(?i)(?:config|settings|\.rc$|^\.\w+rc$|values)")
_LITELLM = re.compile(r"(?m)^\s*-?\s*(?:litellm_params|model_list|litellm_settings)\s*:")
_MODELFILES = re.compile(r"(?i)^(?:.*\.)?modelfile(?:\..*)?$")
_SHELLS = ("shell", "hash")
_DATA = {
    "yml",
    "yaml",
    "toml",
    "json",
    "jsonc",
    "json5",
    "ini",
    "cfg",
    "conf",
    "properties",
    "tf",
    "hcl",
    "service",
    "plist",
    "ts",
    "js",
}
_IGNORED_SUFFIXES = {
    "lock",
    "csv",
    "tsv",
    "txt",
    "md",
    "rst",
    "log",
    "svg",
    "html",
    "htm",
    "xml",
    "css",
    "ipynb",
    "jsonl",
    "ndjson",
}


def read_configuration(path: str, text: str, names: Names) -> list[Setting]:
    """Return every line of a file that tells a tool which model to use."""
    patterns = _patterns(path, text)
    found: dict[tuple[int, str], Setting] = {}
    if not patterns or not re.search(r"(?i)model|ollama|\bFROM\b|aider|seats", text):
        return []
    in_council = not path.endswith("pyproject.toml")
    for number, line in enumerate(text.splitlines(), 1):
        if path.endswith("pyproject.toml") and line.lstrip().startswith("["):
            in_council = line.strip().startswith("[tool.council")
        if len(line) > 4000 or not in_council:
            continue
        active = _without_comment(path, line)
        for pattern in patterns:
            for match in pattern.finditer(active):
                model = names.whole(match["value"])
                if model is not None:
                    found.setdefault((number, model), Setting(number, model, line.strip()))
    return [found[key] for key in sorted(found)]


def _patterns(path: str, text: str) -> tuple[re.Pattern[str], ...]:
    """Return what a file of this name may say; nothing for prose, data and programs."""
    name = PurePosixPath(path).name.lower()
    suffix = name.rpartition(".")[2] if "." in name else ""
    style = style_of(path, text)
    if style == "python" or suffix in _IGNORED_SUFFIXES - ({"txt"} if name.startswith(".env") else set()):
        return ()
    if _MODELFILES.match(name):
        return _MODELFILE_ROWS
    if name == "pyproject.toml" or _TOOLS.match(name) or _TOOL_FOLDERS.search(path):
        return (*_KEY_ROWS, *_VARIABLE_ROWS)
    if suffix in _DATA or style in _SHELLS or name.startswith((".env", "dockerfile", "containerfile", "makefile")):
        tool = (suffix in ("yml", "yaml") and _LITELLM.search(text)) or (
            suffix in ("toml", "yml", "yaml", "ini", "cfg", "conf") and _CONFIGURES.search(name)
        )
        return (*_VARIABLE_ROWS, *_COMMAND_ROWS, *(_KEY_ROWS if tool else ()))
    return (*_VARIABLE_ROWS, *_COMMAND_ROWS) if name in ("jenkinsfile", "justfile", "procfile") else ()


def _without_comment(path: str, line: str) -> str:
    if re.match(r"\s*(?:#|//|;|<!--|REM\b)", line):
        return ""
    if path.lower().endswith((".json", ".jsonc", ".js", ".ts")):
        return re.sub(r"(?<!:)//.*$", "", line)
    return re.sub(r"(?<=\s)#.*$", "", line)


def _rows(*tables: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(row) for table in tables for row in table)


_VARIABLE_ROWS, _COMMAND_ROWS = _rows(ENVIRONMENT), _rows(COMMANDS)
_KEY_ROWS, _MODELFILE_ROWS = _rows(KEYS), _rows(MODELFILE, ENVIRONMENT)
