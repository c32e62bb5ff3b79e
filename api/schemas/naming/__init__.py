"""What is sent to check names and documents, and how do the answers look?"""

from __future__ import annotations

from api.schemas.naming.sent import DocumentSent, ListSent, NameSent, TableSent
from api.schemas.naming.told import (
    CheckTold,
    ListTold,
    ProofreadTold,
    TableTold,
    check_told,
    list_told,
    proofread_told,
    table_told,
)

__all__ = [
    "CheckTold",
    "DocumentSent",
    "ListSent",
    "ListTold",
    "NameSent",
    "ProofreadTold",
    "TableSent",
    "TableTold",
    "check_told",
    "list_told",
    "proofread_told",
    "table_told",
]
