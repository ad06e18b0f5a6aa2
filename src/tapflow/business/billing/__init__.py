"""Billing: invoices, payments, dunning, refunds, credits, disputes, settlement and revenue recognition."""
