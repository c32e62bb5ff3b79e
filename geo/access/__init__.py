"""Who is within reach of what, who is not, and what must be there by rule?"""

from __future__ import annotations
