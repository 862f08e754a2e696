"""The command line as a whole: what loads when, what help teaches, and how errors reach a person."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import click
import pytest
from click.testing import CliRunner

import bot
from bot.cli.edges import edges, reference
from bot.cli.main import VERBS, caveat
from tests import processes
from tests.make import KNOWLEDGE

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def started(*words: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`caveat` in a process of its own, in a folder without a .env."""
    own = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    command = [sys.executable, "-m", "bot", *words]
    with processes.started(command, cwd=KNOWLEDGE, env=own, stdin=PIPE, stderr=PIPE) as process:
        yield process


def ended(*words: str, **environment: str) -> tuple[int, str, str]:
    """Run `caveat` as a person does: exit code, stdout and stderr."""
    with started(*words, **environment) as process:
        out, err = process.communicate(timeout=60)
    return process.returncode, out.decode(), err.decode()


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group with the words that name it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


COMMANDS = [((), caveat), *commands(caveat)]
IDS = [" ".join(("caveat", *path)) for path, _ in COMMANDS]


# ---- help


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_every_command_has_help_that_ends_with_an_example(
    path: tuple[str, ...], command: click.Command
) -> None:
    shown = CliRunner().invoke(caveat, [*path, "--help"], prog_name="caveat")

    assert shown.exit_code == 0
    assert "  Example" in shown.output
    assert len((command.help or "").splitlines()) > 3
    assert examples(command)


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_every_example_of_the_help_is_one_that_the_command_line_takes(
    path: tuple[str, ...], command: click.Command
) -> None:
    for example in examples(command):
        typed = shlex.split(example.partition(" < ")[0])
        words = typed[typed.index("caveat") + 1 :]  # settings of the environment may stand before it
        here: click.Command = caveat
        while isinstance(here, click.Group):
            verb, *words = words
            found = here.get_command(click.Context(here), verb)
            assert found is not None, example
            here = found
        here.make_context("caveat", words)  # raises UsageError for what it does not take


def examples(command: click.Command) -> list[str]:
    """The lines of a command's example, which its help ends with."""
    _, heading, block = (command.help or "").rpartition("Example")
    assert heading, "no example"
    return [line.strip() for line in block.splitlines()[1:] if line.strip()]


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=IDS)
def test_every_option_says_what_it_does(path: tuple[str, ...], command: click.Command) -> None:
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name


def test_the_list_of_verbs_says_of_each_what_its_own_help_says() -> None:
    for name, line in VERBS.items():
        command = caveat.get_command(click.Context(caveat), name)

        assert command is not None
        assert command.get_short_help_str(200) == line


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(caveat, ["--version"]).output == f"caveat {bot.__version__}\n"


# ---- what loads when


HEAVY = {"discord", "simcord", "sqlalchemy", "alembic", "aiosqlite"}
VERB_MODULES = {f"bot.cli.{verb}" for verb in VERBS}


def loaded_by(*words: str) -> set[str]:
    """The modules that a command leaves loaded."""
    script = (
        "import contextlib, io, sys\n"
        f"sys.argv = ['caveat', *{words!r}]\n"
        "from bot.__main__ import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main()\n"
        "print(*sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Traceback" not in ran.stderr
    return set(ran.stdout.split())


def test_help_loads_no_verb_at_all() -> None:
    assert loaded_by("--help") & (HEAVY | VERB_MODULES | {"bot.core", "numpy", "rich"}) == set()


def test_ask_as_json_loads_neither_discord_nor_the_database_nor_another_verb() -> None:
    loaded = loaded_by("ask", "--json", "--knowledge", str(KNOWLEDGE), "is a lily poisonous to a cat?")

    assert loaded & (HEAVY | VERB_MODULES | {"rich"}) == {"bot.cli.ask"}


def test_check_loads_neither_discord_nor_the_database_nor_another_verb() -> None:
    assert loaded_by("check", str(KNOWLEDGE)) & (HEAVY | VERB_MODULES) == {"bot.cli.check"}


# ---- errors


def test_a_mistyped_verb_is_told_with_the_one_that_was_meant() -> None:
    ran = CliRunner().invoke(caveat, ["chek"])

    assert ran.exit_code == 2
    assert '"chek" is no verb of caveat; did you mean "check"?' in ran.stderr


def test_a_word_that_is_like_no_verb_is_told_with_all_of_them() -> None:
    ran = CliRunner().invoke(caveat, ["xyzzy"])

    assert ran.exit_code == 2
    assert f"the verbs: {', '.join(VERBS)}" in ran.stderr


@pytest.mark.parametrize("words", [("ask", "--knowledge", "nowhere", "why?"), ("check", "nowhere")])
def test_a_folder_without_knowledge_is_one_clear_line(words: tuple[str, ...]) -> None:
    code, out, err = ended(*words)

    assert (code, out) == (2, "")
    told = [line for line in err.splitlines() if line.startswith("caveat: ")]
    assert told == [
        "caveat: there is no knowledge in nowhere: "
        "name a folder that holds entries/, caveats.yaml and sources.yaml"
    ]


def test_a_port_that_is_taken_is_told_with_the_mend() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = ended("preview", "--no-open", "--knowledge", ".", "--port", str(port))

    (told,) = [line for line in err.splitlines() if line.startswith("caveat: ")]
    assert code == 2
    assert told.startswith(f"caveat: port {port} cannot be used: name another one with --port")


@pytest.mark.parametrize("verb", [("run",), ("health",), ("log", "list")])
def test_every_wrong_setting_is_a_line_of_its_own(verb: tuple[str, ...]) -> None:
    code, out, err = ended(*verb, LOG_LEVEL="loud", METRICS_PORT="x")

    assert (code, out) == (2, "")
    told = [line.split(":")[:2] for line in err.splitlines()]
    assert told == [["caveat", " LOG_LEVEL"], ["caveat", " METRICS_PORT"]]


def test_a_fault_of_our_own_is_told_without_a_traceback_but_with_a_reference() -> None:
    with pytest.raises(click.ClickException) as told, edges(debug=False):
        raise ZeroDivisionError("oh")

    assert isinstance(told.value.__cause__, ZeroDivisionError)
    assert f"Reference: {reference(told.value.__cause__)}" in told.value.message
    assert "oh" not in told.value.message
    assert "--debug" in told.value.message


def test_the_same_fault_has_the_same_reference_and_another_one_another() -> None:
    def fault_of(divisor: int, *, elsewhere: bool = False) -> str:
        try:
            if elsewhere:
                return str(2 / divisor)
            return str(1 / divisor)
        except ZeroDivisionError as fault:
            return reference(fault)

    assert fault_of(0) == fault_of(0)
    assert fault_of(0) != fault_of(0, elsewhere=True)
    assert len(fault_of(0)) == 6


def test_a_traceback_is_shown_to_who_asks_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.ClickException), edges(debug=True):
        raise ZeroDivisionError("oh")

    assert "ZeroDivisionError: oh" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "environment"), [(["--debug"], {}), ([], {"CAVEAT_DEBUG": "1"})])
def test_debug_shows_where_an_expected_error_came_from_too(
    words: list[str], environment: dict[str, str]
) -> None:
    code, _, err = ended(*words, "check", "nowhere", **environment)

    assert code == 2
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("caveat: there is no knowledge in nowhere")


# ---- being stopped

LILY = ("ask", "--knowledge", ".", "is a lily poisonous to a cat?")


def test_ctrl_c_ends_quietly_with_130() -> None:
    with started("ask", "--stdin", "--knowledge", ".") as asking:
        assert asking.stdin is not None and asking.stdout is not None
        asking.stdin.write(b"is a lily poisonous to a cat?\n")
        asking.stdin.flush()
        assert asking.stdout.readline()  # it runs, and waits for more
        asking.send_signal(signal.SIGINT)
        out, err = asking.communicate(timeout=30)

    assert (asking.returncode, out) == (130, b"")
    assert b"Traceback" not in err and b"caveat:" not in err


@pytest.mark.parametrize(
    "words",
    [LILY, ("ask", "--json", *LILY[1:]), ("check", "."), ("check", ".", "--format", "github")],
    ids=" ".join,
)
def test_a_reader_who_has_had_enough_is_no_error(words: tuple[str, ...]) -> None:
    with started(*words) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()

        err = process.stderr.read()

        assert process.wait(timeout=30) == 141
    assert b"Traceback" not in err and b"caveat:" not in err and b"Broken" not in err


# ---- colour and signs


def test_a_terminal_that_cannot_show_a_sign_breaks_nothing() -> None:
    code, out, err = ended(*LILY, PYTHONIOENCODING="ascii")

    assert code == 0, err
    assert "? Established. Several good sources" in out


def test_colour_is_for_a_terminal_that_wants_it() -> None:
    terminal = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}

    _, plain, _ = ended(*LILY)
    _, coloured, _ = ended(*LILY, **terminal)
    _, refused, _ = ended(*LILY, **terminal, NO_COLOR="1")

    assert "\x1b[" not in plain
    assert "38;2;46;125;50" in coloured  # the level's own green
    assert "38;2;" not in refused


COLLECTS = """
import gc
from bot.cli.garbage import collect_nothing
from bot.cli.main import caveat
collect_nothing()
print("before:", gc.isenabled())
caveat.get_command(None, "health")
print("after:", gc.isenabled(), gc.get_freeze_count() > 0)
gc.unfreeze()
caveat.get_command(None, "health")
print("again:", gc.get_freeze_count())
"""


def test_garbage_is_collected_again_once_the_verb_is_imported() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", COLLECTS], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert ran.stdout.splitlines() == ["before: False", "after: True True", "again: 0"]
