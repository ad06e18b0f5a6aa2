"""The simulated company: state and a day in, new state, facts and truth out. Pure: no input or output."""
