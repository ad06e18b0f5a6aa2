"""Contacts and companies as HubSpot holds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tapflow.business import names
from tapflow.business.company import Company
from tapflow.business.day import Columns
from tapflow.business.marketing.contacts import contact_emails, contact_persons, houses_of
from tapflow.business.marketing.state import OWNERS, STRANGERS, STRAYS, Form, Stage
from tapflow.business.marketing.visits import blocked
from tapflow.sources.hubspot.ids import company_ids, contact_ids
from tapflow.sources.posthog.columns import uuids
from tapflow.sources.posthog.web_records import VISITOR

Log = dict[str, Any]
Texts = NDArray[np.object_]
STAGES = np.array(["subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer", "other"], dtype=object)
_FORMS = np.array(
    ["Newsletter", "Draft Beer Guide", "Webinar Registration", "Free Trial Sign-up", "Demo Request", None], dtype=object
)
# By true channel; people whose browser lets nothing through look as if they had come by themselves.
_SOURCES = np.array(
    ["PAID_SEARCH", "PAID_SOCIAL", "ORGANIC_SEARCH", "REFERRALS", "OFFLINE", "OFFLINE", "REFERRALS", "DIRECT_TRAFFIC"],
    dtype=object,
)
_DETAILS = np.array(["google", "paid_social", "google", "partner", "outbound", "event", "customer", None], dtype=object)
_UNSEEN = 7


def contacts(company: Company, changed: Columns) -> Log:
    """Versions of contacts."""
    number = changed["contact"]
    persons, channel = contact_persons(company, number), changed["channel"].astype(np.int64)
    unseen = (number < STRANGERS) & blocked(company, number) & ~np.isin(channel, (4, 5))
    source = np.where(unseen, _UNSEEN, channel)
    linked = (number < STRANGERS) & ~blocked(company, number) & (changed["form"] != Form.IMPORTED)
    has_house = known_house(changed)
    return {
        "id": contact_ids(number),
        "createdate": changed["created_at"] * 1_000_000,
        "lastmodifieddate": changed["at"] * 1_000_000,
        "email": contact_emails(company, number),
        "firstname": names.person_given_names(company, persons),
        "lastname": names.person_family_names(company, persons),
        "company": _house_names(company, changed),
        "country": _countries(company)[changed["region"].astype(np.int64)],
        "industry": _industries(company)[changed["industry"].astype(np.int64)],
        "lifecyclestage": STAGES[changed["stage"].astype(np.int64)],
        "hubspotscore": changed["score"],
        "hs_analytics_source": _SOURCES[source],
        "hs_object_source": _record_sources(changed),
        "hs_analytics_source_data_1": _DETAILS[source],
        "first_conversion_event_name": _FORMS[changed["form"].astype(np.int64)],
        "locations_wanted": changed["locations"],
        "hs_email_optout": changed["unsubscribed"],
        "associatedcompanyid": _where(has_house, company_ids(number)),
        "posthog_distinct_id": _where(linked, uuids(VISITOR, number).to_numpy(zero_copy_only=False)),
        "archived": changed["archived"],
        "archivedAt": pa.array(changed["at"] * 1_000_000, mask=~changed["archived"]).view(pa.timestamp("us")),
    }


def _record_sources(changed: Columns) -> Texts:
    by_form = np.where(changed["form"] == Form.IMPORTED, "CRM_UI", "FORM").astype(object)
    by_form[changed["contact"] >= OWNERS] = "INTEGRATION"
    by_form[changed["contact"] >= STRAYS] = "IMPORT"
    return np.asarray(by_form)


def known_house(changed: Columns) -> NDArray[np.bool_]:
    """Contacts with a company of their own: all but readers."""
    return np.asarray((changed["stage"] > Stage.LEAD) | (changed["form"] >= Form.SIGNUP) | (changed["account"] >= 0))


def companies(company: Company, changed: Columns) -> Log:
    """Versions of the companies of contacts."""
    rows = np.flatnonzero(known_house(changed))
    some = {name: values[rows] for name, values in changed.items()}
    number = some["contact"]
    mess, lasting = company.scenario.marketing.mess, company.lasting()
    domains = names.house_domains(company, houses_of(company, number))
    prefixed = lasting.happens("hubspot/www", number, mess.domain_prefixed)
    missing = lasting.happens("hubspot/no_domain", number, mess.domain_missing)
    domains = _where(~missing, np.where(prefixed, "www." + domains, domains))
    return {
        "id": company_ids(number),
        "name": names.variants(company, _house_names(company, some), number, "hubspot"),
        "domain": domains,
        "industry": _industries(company)[some["industry"].astype(np.int64)],
        "country": _countries(company)[some["region"].astype(np.int64)],
        "lifecyclestage": STAGES[some["stage"].astype(np.int64)],
        "createdate": some["created_at"] * 1_000_000,
        "hs_lastmodifieddate": some["at"] * 1_000_000,
        "archived": np.zeros(len(number), dtype=bool),
    }


def _house_names(company: Company, changed: Columns) -> Texts:
    return names.house_names(company, houses_of(company, changed["contact"]), changed["industry"])


def _countries(company: Company) -> Texts:
    return np.array([r.country for r in company.scenario.customers.regions], dtype=object)


def _industries(company: Company) -> Texts:
    return np.array([i.name for i in company.scenario.customers.industries], dtype=object)


def _where(there: NDArray[np.bool_], texts: Texts) -> Texts:
    out = np.full(len(texts), None, dtype=object)
    out[there] = texts[there]
    return out
