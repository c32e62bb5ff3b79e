"""Which names in a document are old or not standard, and how is it marked? (公文地名校对)"""

from __future__ import annotations

from geo.gazetteer.proofreading.proofread import Mark, Pages, Proofread, proofread

__all__ = ["Mark", "Pages", "Proofread", "proofread"]
