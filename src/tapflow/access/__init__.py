"""People, roles and policies, the guard of SQL, sign-in and the log of accesses. Knows no engine and no metric."""
