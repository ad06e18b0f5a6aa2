"""Tests, reconciliation, and verification against the truth."""
