"""Tests of pages, saved files and page assets."""
