"""Salesforce's objects: declared once. Fields of our own end in `__c`, as there."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, Pii, SourceObject, Type

_SYSTEM = (
    Field("IsDeleted", Type.BOOL, "Whether the record lies in the recycle bin.", required=True, staged="is_deleted"),
    Field("CreatedDate", Type.TIMESTAMP, "When it was made.", required=True, staged="created_at"),
    Field("LastModifiedDate", Type.TIMESTAMP, "When somebody last changed it.", required=True, staged="modified_at"),
    Field("SystemModstamp", Type.TIMESTAMP, "When it last changed at all.", required=True, staged="system_modified_at"),
)


def _text(name: str, staged: str, description: str, pii: Pii = Pii.INTERNAL) -> Field:
    return Field(name, Type.STRING, description, staged=staged, pii=pii)


def _date(name: str, staged: str, description: str) -> Field:
    return Field(name, Type.DATE, description, staged=staged)


def _whole(name: str, staged: str, description: str) -> Field:
    return Field(name, Type.FLOAT, description, staged=staged, sql=f'cast("{name}" as bigint)')


def _money(name: str, staged: str, description: str) -> Field:
    # Salesforce keeps decimals of a currency; ours is US dollars throughout.
    return Field(name, Type.FLOAT, description, staged=staged, sql=f'cast(round("{name}" * 100) as bigint)')


def _object(
    name: str,
    grain: str,
    description: str,
    *fields: Field,
    derived: tuple[Derived, ...] = (),
    kind: Kind = Kind.CHANGES,
) -> SourceObject:
    key = Field("Id", Type.STRING, "The record's id, 18 characters.", required=True, staged=f"{name}_id")
    version = "CreatedDate" if kind is Kind.EVENTS else "SystemModstamp"
    system = tuple(f for f in _SYSTEM if kind is Kind.CHANGES or f.name in ("IsDeleted", "CreatedDate"))
    return SourceObject(
        "salesforce", name, grain, description, (key, *fields, *system), ("Id",), version, derived, kind
    )


def _email_parts() -> tuple[Derived, ...]:
    return (
        Derived("email_normalized", Type.STRING, 'lower(trim("Email"))', "Address in lower case.", Pii.PERSONAL),
        Derived(
            "email_domain",
            Type.STRING,
            'substr(lower(trim("Email")), strpos("Email", \'@\') + 1)',
            "What follows the @ sign.",
        ),
    )


ACCOUNT = _object(
    "account",
    "one row per company in the CRM",
    "Salesforce Account: customers and prospects as sales knows them, doubles included.",
    _text("MasterRecordId", "master_account_id", "The account that this one was merged into; null else."),
    _text("Name", "account_name", "The company's name as somebody typed it."),
    _text("Type", "account_type", "Prospect, Customer or Former Customer."),
    _text("Industry", "industry", "Kind of house."),
    _text("Website", "website", "Web address; often missing."),
    _text("Phone", "phone", "Telephone number.", Pii.CONFIDENTIAL),
    _text("BillingState", "region", "Region."),
    _text("BillingCountry", "country", "Country, ISO 3166."),
    _text("OwnerId", "owner_user_id", "Who looks after it."),
    _text("App_Account_Id__c", "app_account_id", "The product's account id; missing for prospects and by neglect."),
    _text("Territory__c", "territory", "Sales territory."),
    _whole("Number_of_Locations__c", "locations", "Locations, as last heard."),
    _money("ARR__c", "arr_usd_minor", "Annual recurring revenue as the CRM believes it, USD."),
    derived=(
        Derived(
            "website_domain",
            Type.STRING,
            "replace(replace(lower(\"Website\"), 'https://', ''), 'www.', '')",
            "The web address without its scheme.",
        ),
        Derived(
            "phone_digits",
            Type.STRING,
            "replace(replace(replace(\"Phone\", ' ', ''), '+', ''), '-', '')",
            "The telephone number's digits.",
            Pii.CONFIDENTIAL,
        ),
    ),
)
ACCOUNT_HISTORY = _object(
    "account_history",
    "one row per changed field of an account",
    "Salesforce AccountHistory: field history of ARR__c and Territory__c.",
    _text("AccountId", "account_id", "The account."),
    _text("Field", "field_name", "Which field."),
    _text("OldValue", "old_value", "Value before; null when it was made."),
    _text("NewValue", "new_value", "Value after."),
    _text("CreatedById", "changed_by_user_id", "Who changed it."),
    kind=Kind.EVENTS,
)
CONTACT = _object(
    "contact",
    "one row per person at an account",
    "Salesforce Contact: people whom sales talks to.",
    _text("AccountId", "account_id", "Their account."),
    _text("FirstName", "first_name", "Given name.", Pii.PERSONAL),
    _text("LastName", "last_name", "Family name.", Pii.PERSONAL),
    _text("Email", "email", "E-mail address.", Pii.PERSONAL),
    _text("Title", "title", "What they are."),
    _text("OwnerId", "owner_user_id", "Who looks after them."),
    derived=_email_parts(),
)
LEAD = _object(
    "lead",
    "one row per lead, doubles included",
    "Salesforce Lead: people who might buy, until they are qualified or turned away.",
    _text("FirstName", "first_name", "Given name.", Pii.PERSONAL),
    _text("LastName", "last_name", "Family name.", Pii.PERSONAL),
    _text("Company", "company_name", "The company's name as told."),
    _text("Email", "email", "E-mail address.", Pii.PERSONAL),
    _text("Phone", "phone", "Telephone number.", Pii.CONFIDENTIAL),
    _text("State", "region", "Region."),
    _text("Country", "country", "Country, ISO 3166."),
    _text("Industry", "industry", "Kind of house."),
    _text("LeadSource", "lead_source", "What brought them, as sales believes."),
    _text("Lead_Type__c", "lead_type", "Demo Request, Outbound, Event, Marketing Score or Signup."),
    _text("Status", "lead_status", "Open, Working, Nurturing, Qualified or Unqualified."),
    _text("Unqualified_Reason__c", "unqualified_reason", "Why they were turned away; null else."),
    _text("OwnerId", "owner_user_id", "Who works it."),
    _whole("Number_of_Locations__c", "locations", "Locations they speak of."),
    Field("Is_MQL__c", Type.BOOL, "Handed over by marketing.", staged="is_marketing_qualified"),
    Field("IsConverted", Type.BOOL, "Whether it became an account.", staged="is_converted"),
    Field("Converted_At__c", Type.TIMESTAMP, "When it did; null before.", staged="converted_at"),
    _text("ConvertedAccountId", "converted_account_id", "The account it became; null before."),
    _text("ConvertedContactId", "converted_contact_id", "The contact it became; null before."),
    _text("ConvertedOpportunityId", "converted_opportunity_id", "The opportunity opened for it; null without one."),
    derived=_email_parts(),
)
OPPORTUNITY = _object(
    "opportunity",
    "one row per opportunity",
    "Salesforce Opportunity: deals, open and closed.",
    _text("AccountId", "account_id", "Whose deal."),
    _text("ContactId", "contact_id", "Whom we talk to."),
    _text("Name", "opportunity_name", "What it is called."),
    _text("Type", "opportunity_type", "New Business, Trial Conversion, Renewal or Upsell."),
    _text("StageName", "stage", "Discovery, Demo, Proposal, Negotiation, Closed Won or Closed Lost."),
    _money("Amount", "amount_usd_minor", "Worth a year, USD."),
    _money("List_Amount__c", "list_amount_usd_minor", "Worth a year before discount, USD."),
    _whole("Probability", "probability_percent", "Chance to win by stage, percent."),
    _date("CloseDate", "close_date", "Expected close, or the actual one."),
    Field("IsClosed", Type.BOOL, "Won or lost.", staged="is_closed"),
    Field("IsWon", Type.BOOL, "Won.", staged="is_won"),
    _text("ForecastCategoryName", "forecast_category", "Pipeline, Best Case, Commit, Closed or Omitted."),
    _text("LeadSource", "lead_source", "What brought the customer, as sales believes."),
    _text("OwnerId", "owner_user_id", "Who works it."),
    _text("Territory__c", "territory", "Sales territory."),
    Field("Discount__c", Type.FLOAT, "Negotiated discount, percent.", staged="discount_percent"),
    _text("Main_Competitor__c", "competitor", "Who else is asked; null if none is known."),
    _text("Loss_Reason__c", "loss_reason", "Why it was lost; null else."),
    _text("Plan__c", "plan", "Plan that is offered."),
    _text("Billing_Interval__c", "billing_interval", "month or year."),
    _whole("Number_of_Locations__c", "locations", "Locations it is about."),
    _date("Contract_End__c", "contract_end_date", "End of the contract that a renewal is about; null else."),
    _whole("PushCount", "push_count", "How often the close date was moved."),
    Field("Closed_At__c", Type.TIMESTAMP, "When it was closed; null while open.", staged="closed_at"),
)
OPPORTUNITY_HISTORY = _object(
    "opportunity_history",
    "one row per change of an opportunity's stage, amount, probability or close date",
    "Salesforce OpportunityHistory: the steps of a deal.",
    _text("OpportunityId", "opportunity_id", "The deal."),
    _text("StageName", "stage", "Stage after the change."),
    _money("Amount", "amount_usd_minor", "Worth a year after the change, USD."),
    _whole("Probability", "probability_percent", "Chance after the change, percent."),
    _date("CloseDate", "close_date", "Close date after the change."),
    _text("ForecastCategory", "forecast_category", "Forecast category after the change."),
    _text("CreatedById", "changed_by_user_id", "Who changed it."),
    kind=Kind.EVENTS,
)
OPPORTUNITY_LINE_ITEM = _object(
    "opportunity_line_item",
    "one row per product of an opportunity",
    "Salesforce OpportunityLineItem: what is offered.",
    _text("OpportunityId", "opportunity_id", "The deal."),
    _text("ProductCode", "product_code", "The product."),
    _whole("Quantity", "quantity", "Taps."),
    Field("UnitPrice", Type.FLOAT, "Price of a tap and year after discount, USD.", staged="unit_price_usd"),
    Field("Discount", Type.FLOAT, "Discount, percent.", staged="discount_percent"),
    _money("TotalPrice", "total_usd_minor", "Price of the line a year, USD."),
)
_WHO = (
    _text("WhoId", "who_id", "The lead or contact concerned."),
    _text("WhatId", "opportunity_id", "The opportunity concerned; null for leads."),
    _text("AccountId", "account_id", "The account concerned; null for leads."),
    _text("OwnerId", "owner_user_id", "Who did it."),
    _text("Subject", "subject", "What was done."),
)
TASK = _object(
    "task",
    "one row per call, mail or task",
    "Salesforce Task: calls, mails and things done.",
    *_WHO,
    _text("TaskSubtype", "task_type", "Call, Email or Task."),
    _text("Status", "task_status", "Completed, once done."),
    _date("ActivityDate", "activity_date", "When it was due."),
    Field("CompletedDateTime", Type.TIMESTAMP, "When it was done.", staged="completed_at"),
)
EVENT = _object(
    "event",
    "one row per meeting",
    "Salesforce Event: meetings.",
    *_WHO,
    Field("StartDateTime", Type.TIMESTAMP, "Begin.", staged="started_at"),
    Field("EndDateTime", Type.TIMESTAMP, "End.", staged="ended_at"),
    _whole("DurationInMinutes", "duration_minutes", "Length, minutes."),
)
USER = _object(
    "user",
    "one row per person of the sales team",
    "Salesforce User: reps and their managers.",
    _text("Username", "username", "Login.", Pii.PERSONAL),
    _text("Name", "user_name", "Full name.", Pii.PERSONAL),
    _text("Email", "email", "E-mail address.", Pii.PERSONAL),
    _text("Title", "title", "Account Executive or Sales Manager."),
    _text("ManagerId", "manager_user_id", "Their manager; null for managers."),
    _text("Territory__c", "territory", "Sales territory."),
    Field("IsActive", Type.BOOL, "Whether they still work here.", staged="is_active"),
)
FORECASTING_QUOTA = _object(
    "forecasting_quota",
    "one row per rep and quarter",
    "Salesforce ForecastingQuota: what a rep is to book in a quarter.",
    _text("QuotaOwnerId", "owner_user_id", "Whose."),
    _money("QuotaAmount", "quota_usd_minor", "Bookings asked for, USD."),
    _date("StartDate", "start_date", "First day of the quarter."),
    _text("ForecastingTypeId", "forecasting_type_id", "Kind of forecast: always bookings of opportunities."),
    Field("IsAmount", Type.BOOL, "Counted in money.", staged="is_amount"),
)
CONTRACT = _object(
    "contract",
    "one row per yearly contract",
    "Salesforce Contract: yearly contracts from won deals.",
    _text("AccountId", "account_id", "Whose."),
    _text("ContractNumber", "contract_number", "Number on paper."),
    _text("Status", "contract_status", "Activated."),
    _date("StartDate", "start_date", "First day."),
    _date("EndDate", "end_date", "Last day."),
    _whole("ContractTerm", "term_months", "Length, months."),
    _text("OwnerId", "owner_user_id", "Who signed for us."),
    _text("Opportunity__c", "opportunity_id", "The deal behind it."),
    Field("ActivatedDate", Type.TIMESTAMP, "When it was signed.", staged="activated_at"),
)
CAMPAIGN = _object(
    "campaign",
    "one row per campaign",
    "Salesforce Campaign: marketing's campaigns, for the leads they bring.",
    _text("Name", "campaign_name", "Its name."),
    _text("Type", "campaign_type", "Channel."),
    _text("Status", "campaign_status", "In Progress or Completed."),
    _text("Campaign_Key__c", "campaign_key", "The tag on its links."),
    _date("StartDate", "start_date", "First day."),
    _date("EndDate", "end_date", "Last day."),
    Field("IsActive", Type.BOOL, "Whether it runs.", staged="is_active"),
)
CAMPAIGN_MEMBER = _object(
    "campaign_member",
    "one row per campaign and lead",
    "Salesforce CampaignMember: which campaign a lead answered to.",
    _text("CampaignId", "campaign_id", "The campaign."),
    _text("LeadId", "lead_id", "The lead."),
    _text("Status", "member_status", "Responded."),
    Field("HasResponded", Type.BOOL, "Whether the person answered.", staged="has_responded"),
    Field("FirstRespondedDate", Type.DATE, "When first.", staged="first_responded_date"),
)
OBJECTS: tuple[SourceObject, ...] = (
    ACCOUNT, ACCOUNT_HISTORY, CONTACT, LEAD, OPPORTUNITY, OPPORTUNITY_HISTORY, OPPORTUNITY_LINE_ITEM, TASK, EVENT,
    USER, FORECASTING_QUOTA, CONTRACT, CAMPAIGN, CAMPAIGN_MEMBER,
)  # fmt: skip
