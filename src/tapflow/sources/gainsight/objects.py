"""What Gainsight shows: declared once, under the vendor's names."""

from __future__ import annotations

from tapflow.core.schema import Field, Kind, Pii, SourceObject, Type

_GSID = Field("Gsid", Type.STRING, "Gainsight's id of the record.", required=True, staged="gainsight_id")
_COMPANY = Field(
    "CompanyId", Type.STRING, "Gainsight's id of the company.", required=True, staged="gainsight_company_id"
)
_MODIFIED = Field("ModifiedDate", Type.TIMESTAMP, "When it last changed, UTC.", required=True, staged="modified_at")
_CREATED = Field("CreatedDate", Type.TIMESTAMP, "When it was made, UTC.", required=True, staged="created_at")

COMPANIES = SourceObject(
    "gainsight",
    "companies",
    "one row per company in a manager's book",
    "Customers that a success manager looks after.",
    (
        _GSID,
        Field("Name", Type.STRING, "Its name, as somebody wrote it.", staged="company_name"),
        Field(
            "External_Id__gc",
            Type.STRING,
            "The product's public account id; null where nobody filled it in.",
            staged="external_id",
        ),
        Field("Domain__gc", Type.STRING, "Web domain.", staged="email_domain"),
        Field("CSM", Type.STRING, "The manager.", staged="csm_id"),
        Field("Status", Type.STRING, "Active or Churn.", staged="company_status"),
        _CREATED,
        _MODIFIED,
    ),
    ("Gsid",),
    "ModifiedDate",
)
CTAS = SourceObject(
    "gainsight",
    "ctas",
    "one row per call to action",
    "Calls to action, in their last version of the day.",
    (
        _GSID,
        _COMPANY,
        Field("Name", Type.STRING, "Title.", staged="cta_name"),
        Field("ReasonName", Type.STRING, "offline, usage or payment.", staged="cta_reason"),
        Field("StatusName", Type.STRING, "New, Work In Progress or Closed.", staged="cta_status"),
        Field("OwnerId", Type.STRING, "The manager.", staged="csm_id"),
        Field("ActedOnDate", Type.TIMESTAMP, "When the manager called; null when not.", staged="acted_at"),
        Field("ClosedDate", Type.TIMESTAMP, "When it was closed; null while open.", staged="closed_at"),
        _CREATED,
        _MODIFIED,
    ),
    ("Gsid",),
    "ModifiedDate",
)
QBRS = SourceObject(
    "gainsight",
    "qbrs",
    "one row per business review that was due",
    "Quarterly business reviews, held or missed.",
    (
        _GSID,
        _COMPANY,
        Field("OwnerId", Type.STRING, "The manager.", staged="csm_id"),
        Field("Status", Type.STRING, "Completed or Missed.", staged="review_status"),
        Field("DueDate", Type.DATE, "When it was due.", staged="due_on"),
        _CREATED,
        _MODIFIED,
    ),
    ("Gsid",),
    "ModifiedDate",
)
NPS = SourceObject(
    "gainsight",
    "nps_responses",
    "one row per answer to the relationship survey",
    "Answers to `how likely are you to recommend us`, from 0 to 10.",
    (
        _GSID,
        _COMPANY,
        Field("ContactEmail", Type.STRING, "Who answered.", staged="contact_email", pii=Pii.PERSONAL),
        Field("Score", Type.INT, "From 0 to 10.", required=True, staged="nps_score"),
        Field("ResponseDate", Type.TIMESTAMP, "When, UTC.", required=True, staged="responded_at"),
        _MODIFIED,
    ),
    ("Gsid",),
    "ModifiedDate",
    kind=Kind.EVENTS,
)
TIMELINE = SourceObject(
    "gainsight",
    "timeline_activities",
    "one row per activity on a company's timeline",
    "Calls and meetings that managers noted.",
    (
        _GSID,
        _COMPANY,
        Field("ActivityType", Type.STRING, "Call or Meeting.", staged="activity_type"),
        Field("Subject", Type.STRING, "onboarding_call, intervention or review.", staged="subject"),
        Field("AuthorId", Type.STRING, "The manager.", staged="csm_id"),
        Field("ActivityDate", Type.TIMESTAMP, "When, UTC.", required=True, staged="activity_at"),
        _MODIFIED,
    ),
    ("Gsid",),
    "ModifiedDate",
    kind=Kind.EVENTS,
)
OBJECTS: tuple[SourceObject, ...] = (COMPANIES, CTAS, QBRS, NPS, TIMELINE)
