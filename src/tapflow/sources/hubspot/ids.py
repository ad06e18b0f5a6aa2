"""HubSpot's ids."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tapflow.business.marketing.state import OWNERS, STRAYS
from tapflow.core.ids import uuid
from tapflow.core.vendor_ids import hubspot_ids

Texts = NDArray[np.object_]


def _numbered(record: str, contacts: ArrayLike) -> Texts:
    numbers = np.atleast_1d(np.asarray(contacts, dtype=np.int64))
    origin = (numbers >= OWNERS).astype(np.int64) + (numbers >= STRAYS)
    return hubspot_ids(record, numbers - np.array([0, OWNERS, STRAYS])[origin], origin)


def contact_ids(contacts: ArrayLike) -> Texts:
    """Ids of contacts by their numbers."""
    return _numbered("contact", contacts)


def company_ids(contacts: ArrayLike) -> Texts:
    """Ids of the companies of contacts, by the contacts' numbers: one each."""
    return _numbered("company", contacts)


def campaign_ids(rows: ArrayLike) -> Texts:
    """Ids of campaigns by their rows."""
    return uuid("hubspot/campaign", rows)


def email_ids(campaign_rows: ArrayLike) -> Texts:
    """Ids of marketing emails by the rows of their campaigns."""
    return np.array([str(93_000_000_000 + 11 * int(r)) for r in np.atleast_1d(campaign_rows)], dtype=object)


def form_ids(forms: ArrayLike) -> Texts:
    """Ids of forms by their numbers."""
    return uuid("hubspot/form", forms)
