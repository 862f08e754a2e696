"""Watch a knowledge folder: a thread of its own that tells when something in it was edited.

The system's own notices are used (inotify, FSEvents, ReadDirectoryChanges), so nothing is polled but the
folder's identity, once a second: where it was replaced by another one (a rename, a new mount, a link that
points elsewhere), notices would come no more.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path

QUIET_MS = 200
"""An edit counts as done once nothing has happened for as long: editors write a file in several steps."""
LONGEST_MS = 1000
"""What goes on for longer, such as a checkout of many files, is told in between."""
LOOK_MS = 1000
_STOPPING_S = 3.0

Told = Callable[[], None]
Warned = Callable[[str], None]


class Watcher:
    """Watches one folder from `start` to `stop`, also while it is gone for a while.

    `told` is called in the watcher's thread after each edit; `warned` with a sentence, and its mend, where
    the system gives no notices: then the folder is polled.
    """

    def __init__(self, folder: Path, told: Told, warned: Warned) -> None:
        self.folder = folder
        self._told = told
        self._warned = warned
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="knowledge watcher", daemon=True)

    def start(self) -> None:
        """Begin. Once it sees edits it calls `told` for those that were made before."""
        self._thread.start()

    def stop(self) -> None:
        """End; returns once the thread has, or after a few seconds. Never raises."""
        self._stopped.set()
        with contextlib.suppress(RuntimeError):  # it was never started
            self._thread.join(_STOPPING_S)

    def _run(self) -> None:
        polls = False
        while not self._stopped.is_set():
            identity = _identity(self.folder)
            if identity is None:
                self._stopped.wait(LOOK_MS / 1000)
                continue
            try:
                self._watch(identity, polls=polls)
            except FileNotFoundError:
                continue  # it went in this very moment
            except OSError as fault:
                if polls:
                    self._stopped.wait(LOOK_MS / 1000)
                    continue
                polls = True
                self._warned(
                    f"the system gives no notices of edits in {self.folder} ({fault}), so it is looked "
                    "through again and again; on Linux raise fs.inotify.max_user_watches"
                )

    def _watch(self, identity: tuple[int, int], *, polls: bool) -> None:
        """Tell of edits until the folder is another one, or the watcher is stopped."""
        # Loaded here, in the thread: nobody who only asks a question or starts the bot waits for it.
        from watchfiles import watch

        notices = watch(
            self.folder,
            watch_filter=lambda _, path: self._is_ours(path),
            debounce=LONGEST_MS,
            step=QUIET_MS,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            stop_event=self._stopped,
            raise_interrupt=False,
            force_polling=polls or None,
            ignore_permission_denied=True,
        )
        is_first = True
        for edited in notices:
            is_another = _identity(self.folder) != identity
            if (edited or is_another or is_first) and not self._stopped.is_set():
                self._told()
            is_first = False
            if is_another:
                return

    def _is_ours(self, path: str) -> bool:
        """Whether an edit of that path can matter; not what editors and git lay beside a file."""
        try:
            inside = Path(path).relative_to(self.folder.absolute())
        except ValueError:
            return True
        return not any(part.startswith(".") or part.endswith(("~", ".swp", ".tmp")) for part in inside.parts)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which folder stands at that path; None for none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
