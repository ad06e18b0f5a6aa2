"""What HubSpot shows; an object's `properties` are laid out as columns."""

from __future__ import annotations

from tapflow.core.schema import Field, Kind, Pii, SourceObject, Type

CONTACTS = SourceObject(
    system="hubspot",
    name="contacts",
    grain="one row per contact",
    description="People that marketing knows by name: readers, leads, customers' owners.",
    fields=(
        Field("id", Type.STRING, "HubSpot's id of the contact.", required=True, staged="contact_id"),
        Field("createdate", Type.TIMESTAMP, "When it became known.", required=True, staged="created_at"),
        Field("lastmodifieddate", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
        Field("email", Type.STRING, "Address.", pii=Pii.PERSONAL),
        Field("firstname", Type.STRING, "Given name.", staged="first_name", pii=Pii.PERSONAL),
        Field("lastname", Type.STRING, "Family name.", staged="last_name", pii=Pii.PERSONAL),
        Field("company", Type.STRING, "The house, as the person wrote it.", staged="company_name"),
        Field("country", Type.STRING, "Country, ISO 3166."),
        Field("industry", Type.STRING, "Kind of house."),
        Field("lifecyclestage", Type.STRING, "subscriber, lead, ... customer.", staged="lifecycle_stage"),
        Field("hubspotscore", Type.INT, "Marketing score.", staged="marketing_score"),
        Field("hs_analytics_source", Type.STRING, "Original source as HubSpot saw it.", staged="original_source"),
        Field(
            "hs_object_source",
            Type.STRING,
            "What made the record: FORM, CRM_UI (by hand), INTEGRATION (from the product) or IMPORT.",
            staged="record_source",
        ),
        Field(
            "hs_analytics_source_data_1", Type.STRING, "Detail of the original source.", staged="original_source_detail"
        ),
        Field(
            "first_conversion_event_name",
            Type.STRING,
            "Form that made it known; null without one.",
            staged="first_form",
        ),
        Field("locations_wanted", Type.INT, "Locations to be fitted, as asked in forms (a property of ours)."),
        Field("hs_email_optout", Type.BOOL, "Wants no more mails.", staged="is_unsubscribed"),
        Field("associatedcompanyid", Type.STRING, "Its company; null for readers.", staged="company_id"),
        Field(
            "posthog_distinct_id",
            Type.STRING,
            "The browser's id on the website, from a hidden field of forms; null when blocked.",
            staged="visitor_id",
            pii=Pii.PERSONAL,
        ),
        Field("archived", Type.BOOL, "Deleted.", staged="is_archived"),
        Field("archivedAt", Type.TIMESTAMP, "When it was deleted; null while there.", staged="archived_at"),
    ),
    key=("id",),
    version="lastmodifieddate",
)

COMPANIES = SourceObject(
    system="hubspot",
    name="companies",
    grain="one row per company",
    description="Houses of leads and customers.",
    fields=(
        Field("id", Type.STRING, "HubSpot's id of the company.", required=True, staged="company_id"),
        Field("name", Type.STRING, "Its name.", staged="company_name"),
        Field("domain", Type.STRING, "Its web domain, as typed in; null where nobody did.", staged="company_domain"),
        Field("industry", Type.STRING, "Kind of house."),
        Field("country", Type.STRING, "Country, ISO 3166."),
        Field("lifecyclestage", Type.STRING, "lead, opportunity, customer or other.", staged="lifecycle_stage"),
        Field("createdate", Type.TIMESTAMP, "When it was made.", required=True, staged="created_at"),
        Field("hs_lastmodifieddate", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
        Field("archived", Type.BOOL, "Deleted.", staged="is_archived"),
    ),
    key=("id",),
    version="hs_lastmodifieddate",
)

FORMS = SourceObject(
    system="hubspot",
    name="forms",
    grain="one row per form",
    description="Forms on the website.",
    fields=(
        Field("id", Type.STRING, "The form's id.", required=True, staged="form_id"),
        Field("name", Type.STRING, "Its name.", staged="form_name"),
        Field("formType", Type.STRING, "hubspot.", staged="form_type"),
        Field("createdAt", Type.TIMESTAMP, "When it was made.", staged="created_at"),
        Field("updatedAt", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
        Field("archived", Type.BOOL, "Deleted.", staged="is_archived"),
    ),
    key=("id",),
    version="updatedAt",
)

FORM_SUBMISSIONS = SourceObject(
    system="hubspot",
    name="form_submissions",
    grain="one row per form sent",
    description="Forms that people sent; one of them may make a contact.",
    fields=(
        Field("conversionId", Type.STRING, "The submission's id.", required=True, staged="submission_id"),
        Field("formId", Type.STRING, "The form.", required=True, staged="form_id"),
        Field("contactId", Type.STRING, "The contact.", required=True, staged="contact_id"),
        Field("submittedAt", Type.TIMESTAMP, "When.", required=True, staged="submitted_at"),
        Field("pageUrl", Type.STRING, "The page that it was sent from.", staged="page_url"),
        Field("values", Type.JSON, "What was typed in.", pii=Pii.PERSONAL),
    ),
    key=("conversionId",),
    version="submittedAt",
    kind=Kind.EVENTS,
)

MARKETING_EMAILS = SourceObject(
    system="hubspot",
    name="marketing_emails",
    grain="one row per marketing email",
    description="Emails that HubSpot sends.",
    fields=(
        Field("id", Type.STRING, "The email's id.", required=True, staged="email_id"),
        Field("name", Type.STRING, "Its name.", staged="email_name"),
        Field("subject", Type.STRING, "Its subject."),
        Field("state", Type.STRING, "AUTOMATED or DRAFT.", staged="email_state"),
        Field("campaign", Type.STRING, "Its campaign's id.", staged="campaign_id"),
        Field("createdAt", Type.TIMESTAMP, "When it was made.", staged="created_at"),
        Field("updatedAt", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="updatedAt",
)

EMAIL_EVENTS = SourceObject(
    system="hubspot",
    name="email_events",
    grain="one row per event of a message",
    description="What became of marketing emails.",
    fields=(
        Field("id", Type.STRING, "The event's id.", required=True, staged="event_id"),
        Field(
            "type",
            Type.STRING,
            "SENT, DELIVERED, BOUNCE, OPEN, CLICK or STATUSCHANGE.",
            required=True,
            staged="event_type",
        ),
        Field("created", Type.TIMESTAMP, "When.", required=True, staged="event_at"),
        Field("recipient", Type.STRING, "The reader's address.", required=True, staged="email", pii=Pii.PERSONAL),
        Field("emailCampaignId", Type.STRING, "The marketing email's id.", staged="email_id"),
        Field("sentById", Type.STRING, "The SENT event's id: one a message.", required=True, staged="message_id"),
    ),
    key=("id",),
    version="created",
    kind=Kind.EVENTS,
)

CAMPAIGNS = SourceObject(
    system="hubspot",
    name="campaigns",
    grain="one row per campaign",
    description="All campaigns, the advertising platforms' too: the marketing team's list.",
    fields=(
        Field("id", Type.STRING, "HubSpot's id of the campaign.", required=True, staged="campaign_id"),
        Field("hs_name", Type.STRING, "Its name.", required=True, staged="campaign_name"),
        Field("hs_utm", Type.STRING, "The tag that its links should carry.", staged="campaign_tag"),
        Field("hs_start_date", Type.DATE, "First day.", staged="start_date"),
        Field("hs_end_date", Type.DATE, "Last day.", staged="end_date"),
        Field("hs_campaign_status", Type.STRING, "in_progress or completed.", staged="campaign_status"),
        Field(
            "hs_budget_items_sum_amount",
            Type.FLOAT,
            "Budget of the whole run, US dollars; null without advertising.",
            staged=None,
        ),
        Field("channel", Type.STRING, "Channel (a property of ours)."),
        Field("utm_source", Type.STRING, "Source that its links should carry (a property of ours)."),
        Field("utm_medium", Type.STRING, "Medium that its links should carry (a property of ours)."),
        Field("createdAt", Type.TIMESTAMP, "When it was made.", staged="created_at"),
        Field("updatedAt", Type.TIMESTAMP, "When it last changed.", required=True, staged="updated_at"),
    ),
    key=("id",),
    version="updatedAt",
)

OBJECTS: tuple[SourceObject, ...] = (
    CONTACTS, COMPANIES, FORMS, FORM_SUBMISSIONS, MARKETING_EMAILS, EMAIL_EVENTS, CAMPAIGNS,
)  # fmt: skip
