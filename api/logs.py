"""Where does the service's log go, and how do its lines look?"""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import Any

from geo.errors import BadInput, both
from geo.settings import ServeSettings, read


class JsonLines(logging.Formatter):
    """One JSON object a line, for those who collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "pid": record.process,
            **getattr(record, "request", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """A line for people: time, level, what, and of a request its duration and id."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.created))
        line = f"{at} {record.levelname:<7} {_one_line(record.getMessage())}"
        if told := getattr(record, "request", None):
            line += f"  {told['ms']} ms  {told['bytes']} B  {told['request_id']}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def _one_line(message: str) -> str:
    """A message whose line nobody can break: an address may hold any character."""
    if message.isprintable():
        return message
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in message)


def set_up_logs_as_set() -> None:
    """Let the log go where ATLAS_LOG_FILE says, else to stderr, in the form that ATLAS_LOG says.

    A file that another program moves away is opened anew, so logs can be rotated. Raises BadInput
    where it cannot be written.
    """
    settings = read(ServeSettings)
    file = settings.log_file
    try:
        handler: logging.Handler = (
            WatchedFileHandler(file, encoding="utf-8") if file else logging.StreamHandler()
        )
    except OSError as problem:
        raise BadInput(
            both(
                f"日志文件 {file} 不能写入：{problem.strerror}。",
                f"the log file {file} cannot be written: {problem.strerror}",
            ),
            parameter="ATLAS_LOG_FILE",
        ) from problem
    handler.setFormatter(JsonLines() if settings.log == "json" else PlainLines())
    for name in ("atlas", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.INFO if name == "atlas" else logging.WARNING)
    requests = logging.getLogger("atlas.request")
    requests.setLevel(logging.INFO if settings.log_requests else logging.WARNING)
