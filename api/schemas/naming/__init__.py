"""What is sent to check names and documents, and how do the answers look?"""

from __future__ import annotations

from api.schemas.naming.sent import DocumentSent, ListSent, NameSent
from api.schemas.naming.told import (
    CheckTold,
    ListTold,
    ProofreadTold,
    check_told,
    list_told,
    proofread_told,
)

__all__ = [
    "CheckTold",
    "DocumentSent",
    "ListSent",
    "ListTold",
    "NameSent",
    "ProofreadTold",
    "check_told",
    "list_told",
    "proofread_told",
]
