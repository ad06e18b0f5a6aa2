"""Devices: the fleet, its health and its visits, and everything that flows through the taps."""
