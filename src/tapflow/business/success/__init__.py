"""Customer success: managers with books of accounts, calls, reviews, calls to action, conversations."""
