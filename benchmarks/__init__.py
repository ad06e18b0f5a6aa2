"""Figures of speed and size, each with a ratio to a limit or a peer measured in the same run."""
