"""Where an Ollama answers, read as Ollama itself reads ``OLLAMA_HOST``."""

from __future__ import annotations

import ipaddress
import re

from council.errors import SettingsError

KEEP_ALIVE = "10m"
"""How long Ollama keeps a model in memory after a call, so that seats, drafts and repairs find it loaded."""

_DEFAULT_PORTS = {"": 11434, "http": 80, "https": 443}


def base_url(host: str) -> str:
    """Return the base URL to connect to, without a slash at its end.

    A bare host means port 11434, ``http://h`` port 80, ``https://h`` port 443; an address that is meant for binding
    becomes loopback. Raises ``SettingsError``.

    >>> base_url("0.0.0.0"), base_url("http://box"), base_url("[::1]:8080")
    ('http://127.0.0.1:11434', 'http://box:80', 'http://[::1]:8080')
    """
    text = host.strip().strip("\"'").strip()
    scheme, found, rest = text.partition("://")
    if not found:
        scheme, rest = "", text
    scheme = scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise _wrong(host, "only http and https are spoken there")
    place, _, path = rest.partition("/")
    login, at, place = place.rpartition("@")
    name, port = _split(place, host)
    name = _connectable(name) or "127.0.0.1"
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+", name):
        raise _wrong(host, "that is no host name")
    shown = f"[{name}]" if ":" in name else name
    path = path.strip("/")
    return f"{scheme or 'http'}://{login}{at}{shown}:{port or _DEFAULT_PORTS[scheme]}" + (f"/{path}" if path else "")


def shown(url: str) -> str:
    """Return an address as people say it: host and port, without scheme, path or a password.

    >>> shown("http://me:secret@box:11434/x")
    'box:11434'
    """
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine, where no proxy may stand in between."""
    place = shown(url)
    name = (place if ":" not in place or place.endswith("]") else place.rpartition(":")[0]).strip("[]")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _connectable(name: str) -> str:
    """Put loopback in place of an address that is only good for binding."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    return {4: "127.0.0.1", 6: "::1"}[address.version] if address.is_unspecified else name


def _split(place: str, host: str) -> tuple[str, int | None]:
    """Split host and port; brackets and bare IPv6 addresses are understood."""
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(\d*))?", place)
    if bracketed:
        name, digits = bracketed[1], bracketed[2] or ""
    elif place.count(":") > 1:
        name, digits = place, ""
    else:
        name, _, digits = place.partition(":")
    if digits and (not digits.isascii() or not digits.isdigit() or not 0 < int(digits) < 65536):
        raise _wrong(host, f"the port is not a number from 1 to 65535: {digits[:20]}")
    return name, int(digits) if digits else None


def _wrong(host: str, why: str) -> SettingsError:
    visible = host.rpartition("@")[2][:80]
    return SettingsError(f"ollama_host '{visible}': {why}", "Write it as HOST:PORT or http://HOST:PORT")
