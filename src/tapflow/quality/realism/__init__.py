"""Is this business real? Statistics of the emitted data against published bands."""
