"""On which workers does a run happen, and what becomes of a piece whose worker dies?

Workers of this machine by default, or those of a scheduler that runs elsewhere. A piece is a plain
task: when its worker is lost the scheduler gives it to another, and a piece that fails is tried
again; after the last try the run ends with a reason, never with a piece missing.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from geo.errors import BadInput, Unavailable, both

if TYPE_CHECKING:
    from distributed import Client

TRIES = 3
Done = TypeVar("Done")


@contextmanager
def open_cluster(workers: int | None = None, scheduler: str | None = None) -> Iterator[Client]:
    """A Dask client for the length of a `with` block.

    workers: processes on this machine (default: one per core); scheduler: the address of a running
    one, such as tcp://host:8786, instead. Raises BadInput for no workers, Unavailable where the
    scheduler does not answer or has none.
    """
    import dask
    from distributed import Client, LocalCluster

    if scheduler is not None:
        try:
            with Client(scheduler, timeout=10) as client:
                client.wait_for_workers(1, timeout=10)
                yield client
        except (OSError, TimeoutError, ValueError) as problem:
            raise Unavailable(
                both(f"调度器 {scheduler} 没有应答或没有工作进程。",
                     f"the scheduler {scheduler} does not answer or has no workers: {problem}")
            ) from problem  # fmt: skip
        return
    count = workers if workers is not None else os.cpu_count() or 1
    if count < 1:
        raise BadInput(
            both("至少需要一个工作进程。", "at least one worker is needed"), parameter="workers"
        )
    with (
        # Nobody looks at its pages and samples here, and they take time of every worker.
        dask.config.set({"distributed.worker.profile.enabled": False}),
        LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        yield client


def each_done(
    client: Client, work: Callable[..., Done], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[Done]:
    """What `work(*task)` answers for every task, in the order in which they end.

    Only a few tasks per worker are under way at once, so that the scheduler never holds a nation.
    Raises what a task raised last, or Unavailable where workers died of it again and again.
    """
    from distributed import KilledWorker, as_completed

    waiting = iter(tasks)
    ahead = 2 * max(1, len(client.nthreads())) + 2
    running = as_completed()

    def send(count: int) -> None:
        for task in _first(waiting, count):
            with warnings.catch_warnings():  # a piece of arrays is megabytes on purpose
                warnings.filterwarnings("ignore", "Sending large graph")
                running.add(client.submit(work, *task, pure=False, retries=TRIES - 1))

    send(ahead)
    try:
        for future in running:
            answer = future.result()
            future.release()
            send(1)
            yield answer
    except KilledWorker as problem:
        raise Unavailable(
            both("同一块数据多次使工作进程中断（多为内存不足），请减小切块或增加内存。",
                 "one piece ended its worker again and again (mostly for want of memory); cut "
                 "smaller pieces or give more memory")
        ) from problem  # fmt: skip
    finally:
        client.cancel(list(running.futures))


def _first(items: Iterator[tuple[Any, ...]], count: int) -> Iterator[tuple[Any, ...]]:
    for _, item in zip(range(count), items, strict=False):
        yield item
