"""What does the private PostgreSQL's own small configuration say?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

OWNER, PUBLIC, DATABASE = "atlas", "atlas_public", "atlas"


def postgresql_conf(socket: Path, port: int, *, durable: bool) -> str:
    """Answer postgresql.conf: a Unix socket only, little memory, safe on disk unless for tests."""
    settings = {
        "listen_addresses": "''",
        "port": str(port),
        "unix_socket_directories": f"'{socket}'",
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "shared_buffers": "'128MB'",
        "work_mem": "'16MB'",
        "maintenance_work_mem": "'64MB'",
        "effective_cache_size": "'1GB'",
        "random_page_cost": "1.1",
        # Containers often have 64 MB of /dev/shm, and systemd empties it when a user logs out.
        "dynamic_shared_memory_type": "mmap",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "'1GB'",
        "jit": "off",
        "timezone": "'Asia/Shanghai'",
        "log_timezone": "'Asia/Shanghai'",
        "datestyle": "'iso, ymd'",
        "lc_messages": "'C.UTF-8'",
        "lc_monetary": "'C.UTF-8'",
        "lc_numeric": "'C.UTF-8'",
        "lc_time": "'C.UTF-8'",
        "default_text_search_config": "'pg_catalog.simple'",
        "log_line_prefix": "'%m [%p] %q%u@%d '",
        "log_min_error_statement": "panic",  # statements and details may carry data that
        "log_error_verbosity": "terse",  # no log should keep
        "cluster_name": "'minzheng-atlas'",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    lines = [f"{name} = {value}" for name, value in settings.items()]
    return "\n".join(["# Written anew at every start; changes here are lost.", *lines, ""])


def hba() -> str:
    """Answer pg_hba.conf: only through the socket, only accounts that ident lists."""
    return "# Written anew at every start.\nlocal all all peer map=atlas\n"


def ident(accounts: Iterable[str], superuser: str) -> str:
    """Answer pg_ident.conf: the given accounts of this machine may take each of our three roles."""
    lines = [
        f'atlas "{account}" {role}'
        for account in sorted(set(accounts))
        for role in (superuser, OWNER, PUBLIC)
    ]
    return "\n".join(["# Written anew at every start.", *lines, ""])
