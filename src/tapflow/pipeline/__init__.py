"""The steps of a day in their order, and the command line. The only place where all rooms meet."""
