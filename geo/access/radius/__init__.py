"""Who lives within a straight line of a facility? Question, ground, answer and its store."""

from __future__ import annotations
