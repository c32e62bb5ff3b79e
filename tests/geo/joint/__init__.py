"""Tests of what needs two wings."""
