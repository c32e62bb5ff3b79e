"""Which loadings wait, run or ran? One at a time, in the order they came, in a thread of their own.

A killed server leaves a delivery whole or not at all. How a loading stands is written on the board
(`api/job_board.py`), so that every process of the service can tell of it. What was uploaded lies in
a folder that is removed with its job; what a killed server left there, the next one removes.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import secrets
import shutil
import tempfile
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Full, Queue
from typing import IO, Literal

import orjson
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.job_board import BEAT_S, Board
from api.problems import answer_to
from geo.errors import BadInput, DeliveryRefused, GeoError, NotFound, Unavailable, both

log = logging.getLogger("atlas.api")

JOBS = "/api/deliveries/jobs"
State = Literal["queued", "running", "done", "refused", "failed"]
REMEMBERED = 20
"""Finished jobs that are remembered; their deliveries keep the reports for good."""
ENDING_S = 8.0
"""How long the end of the service waits for the loading under way to stop."""
_PREFIX = "minzheng-atlas-upload-"
_YOUNG_S = 60.0


@dataclass(eq=False)
class Job:
    """One loading: whose it is, how far it is, and its report or what stopped it.

    `owner` is the token that made it, `folder` holds what was uploaded, `work` loads it and answers
    the report as JSON text.
    """

    kind: str
    owner: int
    folder: Path
    work: Callable[[Job], bytes]
    asked: Context = field(default_factory=copy_context)
    """What was known of the request: who asks, for the record."""
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    state: State = "queued"
    progress: tuple[int, int | None, str] = (0, None, "等待 · waiting")
    report: bytes | None = None
    error: Exception | None = None
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_at: datetime | None = None
    is_ending: bool = False
    stop: Callable[[], None] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.ended_at is not None

    def tell(self, done: int, total: int | None, text: str) -> None:
        """Take in how far the loading is; stops it where the service ends."""
        if self.is_ending:
            raise _ended()
        self.progress = (done, total, text)

    def told(self) -> bytes:
        """What its address answers, as JSON."""
        done, total, text = self.progress
        is_over = self.is_over  # asked first: then all else is settled
        problem = _as_problem(self) if is_over and self.error is not None else None
        return orjson.dumps(
            {
                "id": self.id,
                "kind": self.kind,
                "state": self.state
                if is_over or self.state in ("queued", "running")
                else "running",
                "made_at": self.made_at,
                "ended_at": self.ended_at if is_over else None,
                "progress": {"done": done, "total": total, "text": text},
                "report": orjson.Fragment(self.report) if is_over and self.report else None,
                "problem": orjson.Fragment(problem) if problem else None,
            }
        )


def _as_problem(job: Job) -> bytes:
    """Why it was refused or failed, as the problem document of its own address."""
    assert job.error is not None
    asked = {
        "type": "http", "method": "GET", "path": f"{JOBS}/{job.id}", "headers": [],
        "query_string": b"", "root_path": "",
    }  # fmt: skip
    return bytes(answer_to(Request(asked), job.error).body)


class Jobs:
    """The loadings of one process of the service; `board` tells the others of them."""

    def __init__(self, waiting: int, board: Board | None = None) -> None:
        self.board = board
        self._queue: Queue[Job] = Queue(maxsize=waiting)
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._root: Path | None = None
        self._held: IO[bytes] | None = None
        self._running: Job | None = None
        self._is_ending = False

    def folder(self) -> Path:
        """A new folder for what one request uploads; give it back by `submit` or `forget`."""
        with self._lock:
            if self._root is None:
                self._root = Path(tempfile.mkdtemp(prefix=_PREFIX))
                self._held = (self._root / "lock").open("wb")
                fcntl.flock(self._held, fcntl.LOCK_EX)
            return Path(tempfile.mkdtemp(dir=self._root))

    def refuse_when_full(self) -> None:
        """Raise Unavailable where no further loading may wait: asked before anything is read."""
        if self._is_ending:
            raise _ended()
        if self._queue.full():
            raise _full()

    def submit(self, job: Job) -> None:
        """Let a loading wait for its turn; when full its folder goes and Unavailable is raised."""
        try:
            self.refuse_when_full()
            self._queue.put_nowait(job)
        except (Full, Unavailable):
            forget(job.folder)
            raise _full() from None
        with self._lock:
            self._known[job.id] = job
            over = [known for known in self._known.values() if known.is_over]
            for old in over[: max(0, len(over) - REMEMBERED)]:
                del self._known[old.id]
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="loadings", daemon=True)
                self._thread.start()
                threading.Thread(target=self._beat, name="loadings told", daemon=True).start()
        self._tell(job)

    def told(self, owner: int, job_id: str) -> bytes:
        """What is known of a job of that token, of whichever process, as JSON.

        Raises NotFound for anybody else's, and for one whose process ended before it did.
        """
        job = self._known.get(job_id)
        told = job.told() if job is not None and job.owner == owner else None
        if told is None and self.board is not None:
            told = self.board.read(job_id, owner)
        if told is None:
            raise NotFound(
                both(
                    "没有这个导入任务（服务可能已重启）；已保存的交付见 /api/deliveries。",
                    "there is no such job (the service may have been restarted); what was stored "
                    "is listed at /api/deliveries",
                )
            )
        return told

    def close(self) -> None:
        """Stop the loading under way, of which nothing is stored then, and drop those that wait."""
        self._is_ending = True
        with contextlib.suppress(Empty):
            while True:
                self._end(self._queue.get_nowait(), "failed", error=_ended())
        if job := self._running:
            job.is_ending = True
            if job.stop is not None:
                with contextlib.suppress(Exception):
                    job.stop()
        if self._thread is not None:
            self._thread.join(ENDING_S)
        if self._root is not None:
            forget(self._root)
        if self._held is not None:
            self._held.close()

    def _tell(self, job: Job) -> None:
        if self.board is not None:
            self.board.tell(job.id, job.owner, job.told(), is_over=job.is_over)

    def _beat(self) -> None:
        """Tell again and again of what waits or runs: silence means that this process ended."""
        while not self._is_ending:
            time.sleep(BEAT_S)
            with self._lock:
                going_on = [job for job in self._known.values() if not job.is_over]
            for job in going_on:
                self._tell(job)

    def _work(self) -> None:
        """Run one loading after the other."""
        while not self._is_ending:
            try:
                job = self._queue.get(timeout=0.2)
            except Empty:
                continue
            self._running = job
            job.state = "running"
            try:
                self._end(job, "done", report=job.asked.run(job.work, job))
            except (BadInput, DeliveryRefused) as error:
                self._end(job, "refused", error=error)
            except Exception as error:  # the thread must outlive it: told to the job, and logged
                self._end(job, "failed", error=_told(error, job))
            finally:
                self._running = None

    def _end(
        self, job: Job, state: State, *, report: bytes | None = None,
        error: Exception | None = None,
    ) -> None:  # fmt: skip
        forget(job.folder)
        if error is not None:  # its frames hold the whole file
            error.__traceback__ = error.__context__ = error.__cause__ = None
        job.report, job.error, job.state = report, error, state
        job.stop = None
        job.ended_at = datetime.now(UTC)  # last: whoever waits looks at this
        self._tell(job)


def _told(error: Exception, job: Job) -> Exception:
    """What is kept of a failure: what the caller may read. Cells of a file never reach the log."""
    if job.is_ending:
        return _ended()
    if isinstance(error, GeoError | DBAPIError):
        return error
    if isinstance(error, OSError | MemoryError):
        log.error("loading %s: %s", job.kind, type(error).__name__)
        return Unavailable(
            both(
                "磁盘或内存不足，没有保存任何内容；请稍后再试或分批交付。",
                "no disk or memory is left; nothing was stored: try later or deliver in parts",
            )
        )
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("fault while loading %s: %s\n%s", job.kind, type(error).__name__, where)
    return HTTPException(
        500,
        both(
            "导入时内部出错，没有保存任何内容；已记入日志，请告诉管理员。",
            "an internal fault stopped the loading; nothing was stored. It was logged: tell the "
            "administrator",
        ),
    )


def forget(folder: Path) -> None:
    """Remove a folder of uploads, whatever lies in it."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Remove what killed services of this user left of uploads: their folders are not locked."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime < _YOUNG_S and not (left / "lock").exists():
                continue  # of a service that begins just now
            with (left / "lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                forget(left)


def _full() -> Unavailable:
    return Unavailable(
        both("排队等待的导入已满，请稍后再试。", "too many loadings are waiting; try again later")
    )


def _ended() -> Unavailable:
    return Unavailable(
        both(
            "服务正在停止，没有保存任何内容；请稍后重新上传。",
            "the service is stopping; nothing was stored: upload again later",
        )
    )
