"""Support: tickets from faults, bills and questions; replies by business hours; ratings."""
