"""Benchmarks: figures as ratios against a named peer in the same run, printed as tables. Never part of a test."""
