"""Users and quotas as Salesforce's records."""

from __future__ import annotations

import numpy as np

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.customers.state import NEVER
from tapflow.business.day import Columns
from tapflow.business.sales.state import NOBODY, Sales
from tapflow.business.sales.team import territory_names
from tapflow.core.ids import salesforce
from tapflow.core.vendor_ids import crm_user_ids
from tapflow.sources.salesforce.columns import Log, Rows, dollars, linked, stamps

_STAFF = 1 << 50  # the team's people are no customers: numbers of their own for their names


def users(company: Company, rows: Rows) -> Log:
    """User records of the sales team."""
    reps = company.part(Sales).reps
    person = _STAFF + rows
    given, family = names.person_given_names(company, person), names.person_family_names(company, person)
    logins = [f"{g}.{f}{n}@tapflow.example".lower() for g, f, n in zip(given, family, rows.tolist(), strict=True)]
    return {
        "Id": crm_user_ids(rows),
        "Username": np.array(logins, dtype=object),
        "Name": given + " " + family,
        "Email": np.array(logins, dtype=object),
        "Title": np.where(reps.seat[rows] == NOBODY, "Sales Manager", "Account Executive").astype(object),
        "ManagerId": linked(crm_user_ids, reps.manager[rows]),
        "Territory__c": territory_names(company, reps.territory[rows]),
        "IsActive": reps.left_day[rows] == NEVER,
        **stamps(reps.created_at[rows], reps.updated_at[rows]),
    }


def quotas(company: Company, given: Columns) -> Log:
    """ForecastingQuota records of the day on which a quarter's quotas are given."""
    count = len(given["quota"])
    return {
        "Id": salesforce("0J9", "salesforce/forecasting_quota", given["quota"]),
        "QuotaOwnerId": crm_user_ids(given["rep"]),
        "QuotaAmount": dollars(given["amount_minor"]),
        "StartDate": given["first_day"],
        "ForecastingTypeId": np.full(count, "0Db000000000001AAA", dtype=object),
        "IsAmount": np.ones(count, dtype=bool),
        **stamps(given["at"], given["at"]),
    }
