"""What can be asked of what is stored? One module per question; every read takes a date."""

from __future__ import annotations
