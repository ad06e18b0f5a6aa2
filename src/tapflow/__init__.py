"""TapFlow."""
