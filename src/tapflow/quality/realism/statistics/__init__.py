"""The scorecard's rows, by what they speak of."""
