"""Finance: the general ledger, cost of service, departments' spending, budgets and cash."""
