"""Customers: who they are, how they come, grow, shrink, pause, leave and return."""
