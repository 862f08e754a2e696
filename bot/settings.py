"""Every setting, read from the environment or .env, checked at start.

Each one is documented in .env.example and in the README; a test holds them together.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, SettingsConfigDict
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.knowledge.git import RepositoryError
from bot.knowledge.remotes import Credential, Remote, read_forges


class SettingsError(Exception):
    """A setting is wrong; the message says which, and what to write, and shows no secret."""


class Settings(BaseSettings):
    """The settings. Names in the environment are the field names in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    discord_token: SecretStr | None = Field(default=None, description="The bot's token.")
    discord_token_file: Path | None = Field(default=None, description="A file that holds the token instead.")
    knowledge_dir: Path = Field(default=Path("knowledge"), description="The folder with the entries.")
    data_dir: Path = Field(
        default=Path("data"), description="Where the bot keeps files of its own, beside the log."
    )
    knowledge_remote: str | None = Field(
        default=None, description="The git remote of the knowledge: change sets are pushed there."
    )
    knowledge_branch: str = Field(
        default="main",
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$",
        description="The branch that holds the reviewed knowledge.",
    )
    knowledge_path: str = Field(
        default="knowledge", description="The folder of the knowledge in its repository; empty: all of it."
    )
    knowledge_fetch_seconds: int = Field(
        default=60,
        ge=0,
        le=86_400,
        description="So often the remote is asked for merged changes, which then go live; 0: never.",
    )
    knowledge_push_secret_file: Path | None = Field(
        default=None, description="A file with the token for an https remote, or the key for ssh."
    )
    knowledge_push_user: str = Field(
        default="git", min_length=1, description="The user name that goes with that token."
    )
    knowledge_forges: str = Field(
        default="", description="Self-hosted forges, such as git.example.org=forgejo; for the links."
    )
    database_url: str = Field(
        default="sqlite+aiosqlite:///data/caveat.db",
        description="SQLite or PostgreSQL address of the log.",
        repr=False,
    )
    matcher: Literal["default", "light"] = Field(
        default="default", description="The search: default, or light for machines with little memory."
    )
    model_dir: Path | None = Field(
        default=None, description="A converted model of one's own, instead of the one that is set up."
    )
    cache_dir: Path | None = Field(
        default=None, description="Where models and vectors are kept; the user's cache folder where empty."
    )
    watch: bool = Field(
        default=True, description="The knowledge folder is watched: an edit goes live by itself."
    )
    moderators_channel: int | None = Field(
        default=None,
        ge=1,
        le=2**63 - 1,
        description="Id of the channel where moderators are told what needs them; none where empty.",
    )
    public_answers: bool = Field(default=True, description="Sure answers to /ask are seen by the channel.")
    answered_kept_days: int = Field(
        default=30,
        ge=0,
        le=365,
        description="Days for which answered questions are kept, scrubbed; 0 keeps none.",
    )
    audited_kept_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="Days for which the texts of answers that moderators judged in /audit are kept.",
    )
    digest: Literal["off", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = (
        Field(default="off", description="The weekday of the digest in MODERATORS_CHANNEL, or off.")
    )
    digest_hour: int = Field(default=8, ge=0, le=23, description="The hour (UTC) from which it is sent.")
    message_ids_kept_days: int = Field(
        default=90,
        ge=0,
        le=365,
        description="Days in which a public answer is edited when its entry is corrected; 0: never.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much is logged."
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="For people, or for machines."
    )
    heartbeat_file: Path | None = Field(
        default=None, description="Touched while connected; what `caveat health` looks at."
    )
    metrics_port: int | None = Field(
        default=None, ge=1, le=65535, description="Port for Prometheus on 127.0.0.1; none where empty."
    )

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_default(cls, value: object, about: ValidationInfo) -> object:
        """But for the knowledge's path: empty, it is all of the repository."""
        if value != "" or about.field_name is None or about.field_name == "knowledge_path":
            return value
        return cls.model_fields[about.field_name].default

    @field_validator("matcher", "digest", "log_format", mode="before")
    @classmethod
    def _in_small_letters(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("knowledge_remote")
    @classmethod
    def _is_remote(cls, value: str | None) -> str | None:
        try:
            return None if value is None else Remote.of(value).address
        except RepositoryError as fault:
            raise ValueError(str(fault)) from None

    @field_validator("knowledge_forges")
    @classmethod
    def _are_forges(cls, value: str) -> str:
        read_forges(value)
        return value

    @model_validator(mode="after")
    def _one_token(self) -> Self:
        if self.discord_token is not None and self.discord_token_file is not None:
            raise ValueError("set DISCORD_TOKEN or DISCORD_TOKEN_FILE, not both")
        return self

    @property
    def fetches(self) -> bool:
        """Whether merged changes are fetched from the remote by themselves."""
        return self.knowledge_remote is not None and self.knowledge_fetch_seconds > 0

    def push_credential(self) -> Credential | None:
        """What lets the bot in at the remote; its secret is read from the file each time it is needed."""
        if self.knowledge_push_secret_file is None:
            return None
        return Credential(self.knowledge_push_secret_file, username=self.knowledge_push_user)

    def token(self) -> str | None:
        """The token from either place, None where there is none. Raises SettingsError for a bad file."""
        if self.discord_token_file is None:
            return self.discord_token.get_secret_value().strip() if self.discord_token is not None else None
        try:
            text = self.discord_token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise SettingsError(f"DISCORD_TOKEN_FILE cannot be read: {fault}") from fault
        if not text:
            raise SettingsError(
                f"DISCORD_TOKEN_FILE is empty: write the token into {self.discord_token_file}"
            )
        return text


SLIPS = 2
"""Letters left out, added, changed or swapped with the next in a name of .env that stands for a setting."""
_MENDS = {
    "bool_parsing": "write true or false",
    "int_parsing": "write a whole number",
    "string_pattern_mismatch": "write the name of a branch, such as main",
}
"""In plain words what pydantic says of a value; it names what is allowed in most other cases itself."""


def read_settings(**overrides: object) -> Settings:
    """The settings, with some given by the command line. Raises SettingsError, one line a wrong setting."""
    try:
        lines = _misspelt()
        settings = Settings(**overrides)  # type: ignore[arg-type]  # checked by pydantic itself
    except UnicodeDecodeError as fault:
        raise SettingsError(".env is not UTF-8: save it anew as UTF-8") from fault
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_input=False):
            name = str(error["loc"][0]).upper() if error["loc"] else "settings"
            mend = _MENDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
            lines.append(f"{name}: {mend}")
        raise SettingsError("\n".join(lines)) from fault
    if lines:
        raise SettingsError("\n".join(lines))
    return settings


def _misspelt() -> list[str]:
    """A line for each name in .env that is no setting, but one or two slips from one that is not set."""
    typed = {name.upper() for name in DotEnvSettingsSource(Settings).env_vars}
    names = [name.upper() for name in Settings.model_fields]
    open_names = [name for name in names if name not in typed]
    found = []
    for name in sorted(typed.difference(names)):
        near = process.extractOne(name, open_names, scorer=OSA.distance, score_cutoff=SLIPS)
        if near is not None:
            found.append(f"{name}: .env has no such setting; write {near[0]}, or take the line out of .env")
    return found
