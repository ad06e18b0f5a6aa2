"""The figures that are verified, a module per domain: each offers `FIGURES`, and may offer `MATCHINGS`."""
