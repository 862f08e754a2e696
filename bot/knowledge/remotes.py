"""The remote of the knowledge repository: its address, its secret, and its page for a merge request."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

from bot.knowledge.git import RepositoryError

_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>\[[0-9A-Fa-f:]+\]|[\w.-]+):(?P<path>(?!//)[^\s]+)")
_SCHEMES = ("https", "http", "ssh", "git", "file")
_NO_ADDRESS = (
    "the remote is no address: write https://host/owner/name.git, git@host:owner/name.git, "
    "or the whole path of a folder, starting with /"
)
SECRET_ENV = "CAVEAT_GIT_SECRET"  # noqa: S105  # the name of a variable, not what it holds
_USER_ENV = "CAVEAT_GIT_USER"
_HELPER = (
    '!f() { test "$1" = get || exit 0; '
    f'printf \'username=%s\\npassword=%s\\n\' "${_USER_ENV}" "${SECRET_ENV}"; }}; f'
)
"""Git asks it about the one host of the remote; what it answers stands in that git's environment alone."""


class Forge(StrEnum):
    """The programs that we know the page of, for opening a merge request."""

    GITHUB = "github"
    GITLAB = "gitlab"
    FORGEJO = "forgejo"


KNOWN_FORGES: Mapping[str, Forge] = MappingProxyType(
    {"github.com": Forge.GITHUB, "gitlab.com": Forge.GITLAB, "codeberg.org": Forge.FORGEJO}
)
"""Host -> forge; a self-hosted one is added by a setting (`read_forges`)."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What lets the bot in at the remote; a file is read each time, so that it can be replaced.

    For https: a token, in `secret_file` or as `secret`. For ssh: `secret_file` is the private key, and
    None leaves it to the agent. `username` goes with a token where the forge wants a certain one.
    """

    secret_file: Path | None = None
    secret: str = field(default="", repr=False)
    username: str = "git"

    def token(self) -> str:
        """Raises RepositoryError where there is none, or none that can be one."""
        text = self.secret
        if self.secret_file is not None:
            try:
                text = self.secret_file.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as fault:
                reason = fault.strerror if isinstance(fault, OSError) else "it is no text"
                raise RepositoryError(
                    f"the push secret cannot be read from {self.secret_file} ({reason}): look at its rights"
                ) from None
        token = text.strip()
        if not token or not token.isprintable() or not token.isascii():
            where = self.secret_file or "the setting"
            raise RepositoryError(
                f"the push secret in {where} is no token: write the token alone, on one line"
            )
        return token


@dataclass(frozen=True, slots=True)
class Remote:
    """An address that git fetches from: https, ssh (both of its forms), or a folder."""

    address: str

    @classmethod
    def of(cls, address: str) -> Remote:
        """Raises RepositoryError for an address that holds a secret, without telling it, or that is none."""
        address = address.strip()
        try:
            parts = urlsplit(address)
        except ValueError:
            raise RepositoryError(_NO_ADDRESS) from None
        if "://" not in address:
            is_place = _SCP.fullmatch(address) or Path(address).is_absolute()
            if not is_place or not address.isprintable() or address.startswith("-"):
                raise RepositoryError(_NO_ADDRESS)
            return cls(address)
        if parts.scheme not in _SCHEMES or not re.fullmatch(r"\S+", address):
            raise RepositoryError(f"{_NO_ADDRESS}; an address starts with one of {', '.join(_SCHEMES)}")
        holds_user = "@" in parts.netloc if parts.scheme != "ssh" else parts.password is not None
        if holds_user or parts.query:
            raise RepositoryError(
                "the remote's address holds a name or a password: write it as https://host/owner/name.git, "
                "and put the token into a file of its own that the setting for the push secret names"
            )
        return cls(address)

    @property
    def scheme(self) -> str:
        """https, http, ssh, git, or file for a folder."""
        if "://" in self.address:
            return urlsplit(self.address).scheme
        return "file" if Path(self.address).is_absolute() else "ssh"

    def settings(self, credential: Credential | None) -> tuple[tuple[tuple[str, str], ...], dict[str, str]]:
        """Git's settings and environment that let it in by https. Raises RepositoryError for no token."""
        if credential is None or self.scheme not in ("https", "http"):
            return (), {}
        parts = urlsplit(self.address)
        scope = f"credential.{parts.scheme}://{parts.netloc}.helper"
        return ((scope, _HELPER),), {SECRET_ENV: credential.token(), _USER_ENV: credential.username}

    def ssh_command(self, credential: Credential | None, known_hosts: Path) -> str:
        """The ssh that git starts: it never asks, and remembers in `known_hosts` whom it met first."""
        words = ["ssh", "-o", "BatchMode=yes", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=10"]
        words += ["-o", "StrictHostKeyChecking=accept-new", "-o", "LogLevel=ERROR"]
        words += ["-o", f"UserKnownHostsFile={_ssh_quoted(known_hosts)} ~/.ssh/known_hosts"]
        if credential is not None and credential.secret_file is not None:
            words += ["-o", "IdentitiesOnly=yes", "-i", str(credential.secret_file)]
        return shlex.join(words)

    def merge_request_link(
        self, branch: str, main: str, forges: Mapping[str, Forge] = KNOWN_FORGES
    ) -> str | None:
        """The page that opens a merge request for a pushed branch; None where we do not know the forge."""
        where = self._web()
        if where is None:
            return None
        root, host = where
        forge = forges.get(host.lower()) or _by_name(host)
        if forge is Forge.GITHUB:
            return f"{root}/compare/{quote(main)}...{quote(branch)}?expand=1"
        if forge is Forge.FORGEJO:
            return f"{root}/compare/{quote(main)}...{quote(branch)}"
        if forge is Forge.GITLAB:
            asked = {"merge_request[source_branch]": branch, "merge_request[target_branch]": main}
            return f"{root}/-/merge_requests/new?{urlencode(asked)}"
        return None

    def _web(self) -> tuple[str, str] | None:
        """The project's page and its host; ssh has a port of its own, so the page is at the usual one."""
        if self.scheme in ("http", "https"):
            parts = urlsplit(self.address)
            return f"{parts.scheme}://{parts.netloc}{_page(parts.path)}", parts.hostname or ""
        if self.scheme != "ssh":
            return None
        if "://" in self.address:
            parts = urlsplit(self.address)
            return f"https://{parts.hostname}{_page(parts.path)}", parts.hostname or ""
        short = _SCP.fullmatch(self.address)
        return (
            None if short is None else (f"https://{short['host']}{_page('/' + short['path'])}", short["host"])
        )


def read_forges(text: str) -> Mapping[str, Forge]:
    """The known forges and those of a setting, such as "git.example.org=forgejo, code.example.net=gitlab".

    Raises ValueError with the mend for a part that is neither.
    """
    forges = dict(KNOWN_FORGES)
    for part in filter(None, (part.strip() for part in text.split(","))):
        host, _, name = (word.strip().lower() for word in part.partition("="))
        if not re.fullmatch(r"[a-z0-9.-]+", host) or name not in list(Forge):
            kinds = ", ".join(Forge)
            raise ValueError(
                f'"{part}" is no forge: write host=kind, such as git.example.org=forgejo; kinds: {kinds}'
            )
        forges[host] = Forge(name)
    return MappingProxyType(forges)


def _by_name(host: str) -> Forge | None:
    """A host that is called after its forge, as in gitlab.example.org."""
    first = host.lower().split(".")[0]
    return {
        "gitlab": Forge.GITLAB,
        "github": Forge.GITHUB,
        "forgejo": Forge.FORGEJO,
        "gitea": Forge.FORGEJO,
    }.get(first)


def _page(path: str) -> str:
    return quote("/" + path.strip("/").removesuffix(".git").rstrip("/"), safe="/~%")


def _ssh_quoted(path: Path) -> str:
    """A path in ssh's own quotes; a % would start one of its codes."""
    return '"' + str(path).replace("%", "%%") + '"'
