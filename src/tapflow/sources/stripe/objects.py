"""What Stripe shows: its objects, declared once in its own names (API version 2024-06-20).

`updated` is not Stripe's: like every connector that reads increments from `/v1/events`, the log
carries the instant of the object's newest event.
"""

from __future__ import annotations

from tapflow.core.schema import Field, Kind, Pii, SourceObject, Type

S, N, B, F, J = Type.STRING, Type.INT, Type.BOOL, Type.FLOAT, Type.JSON
_CONFIDENTIAL = Pii.CONFIDENTIAL


def _at(name: str, description: str, staged: str, required: bool = False) -> Field:
    """An instant in epoch seconds, a timestamp in staging."""
    return Field(name, N, description, required=required, staged=staged, sql=f"{{{{ from_epoch('{name}') }}}}")


def _money(name: str, description: str, staged: str, required: bool = False) -> Field:
    return Field(name, N, description, required=required, staged=staged, pii=_CONFIDENTIAL)


def _upper(name: str = "currency") -> Field:
    return Field(name, S, "Currency, ISO 4217, lower case.", staged=name, sql=f"upper({name})")


def _stripe(
    name: str, grain: str, description: str, *fields: Field, key_name: str, kind: Kind = Kind.CHANGES
) -> SourceObject:
    head = (
        Field("id", S, "Stripe's id.", required=True, staged=key_name),
        Field("object", S, "The object's kind.", required=True, staged=None),
        _at("created", "When it was made.", "created_at", required=True),
    )
    version = () if kind is Kind.EVENTS else (_at("updated", "When it last changed.", "updated_at", required=True),)
    # Every object has it but refunds and movements of the balance.
    live = (
        ()
        if name in ("refunds", "balance_transactions")
        else (Field("livemode", B, "Always true: no test mode.", staged=None),)
    )
    return SourceObject(
        "stripe",
        name,
        grain,
        description,
        (*head, *version, *fields, *live),
        ("id",),
        "created" if kind is Kind.EVENTS else "updated",
        kind=kind,
    )


_METADATA = Field("metadata", J, "Our own keys.", staged="metadata")
_CUSTOMER = Field("customer", S, "The customer.", staged="customer_id")
_INVOICE = Field("invoice", S, "The invoice; null if none.", staged="invoice_id")
_CHARGE = Field("charge", S, "The charge.", staged="charge_id")
_INTENT = Field("payment_intent", S, "The payment intent.", staged="payment_intent_id")
_TXN = Field("balance_transaction", S, "The balance transaction; null if none.", staged="balance_transaction_id")

CUSTOMERS = _stripe(
    "customers",
    "one row per customer that was ever billed",
    "Payers. The app's account id lies in the metadata of most.",
    Field("name", S, "Name of the payer.", staged="customer_name"),
    Field("email", S, "Where bills go.", pii=Pii.PERSONAL),
    Field("address", J, "Country of the address.", pii=Pii.PERSONAL),
    Field("balance", N, "Always zero: credits wait as pending items.", staged=None),
    _upper(),
    Field("delinquent", B, "Whether the newest invoice is unpaid.", staged="is_delinquent"),
    Field("description", S, "Free text.", staged=None),
    Field("tax_exempt", S, "none: sales are tax free here.", staged=None),
    _METADATA,
    key_name="customer_id",
)
PRODUCTS = _stripe(
    "products",
    "one row per product",
    "What prices are for.",
    Field("name", S, "Its name.", required=True, staged="product_name"),
    Field("active", B, "Whether it is sold.", staged="is_active"),
    Field("description", S, "Free text.", staged=None),
    Field("type", S, "service or good.", staged="product_type"),
    Field("unit_label", S, "What a unit is.", staged="unit_label"),
    Field("metadata", J, "Our keys: key, product_line."),
    key_name="product_id",
)
PRICES = _stripe(
    "prices",
    "one row per price",
    "A product's unit amount in a currency, for an interval or once. Prices never change: a rise is a new price.",
    Field("product", S, "Its product.", required=True, staged="product_id"),
    Field("active", B, "Whether it is sold.", staged="is_active"),
    Field("billing_scheme", S, "per_unit.", staged=None),
    _upper(),
    Field("nickname", S, "Our name for it.", staged="price_name"),
    Field("recurring", J, "Interval and its count; null for a one-off."),
    Field("type", S, "recurring or one_time.", staged="price_type"),
    Field("unit_amount", N, "Minor units a unit and interval.", staged="unit_minor"),
    Field("unit_amount_decimal", S, "The same as text.", staged=None),
    _METADATA,
    key_name="price_id",
)
COUPONS = _stripe(
    "coupons",
    "one row per coupon",
    "Recurring discounts, published ones and negotiated ones.",
    Field("name", S, "Its name.", staged="coupon_name"),
    Field("percent_off", F, "Percent off every recurring item."),
    Field("amount_off", N, "Never used: null.", staged=None),
    Field("duration", S, "forever or repeating."),
    Field("duration_in_months", N, "For repeating ones.", staged="duration_months"),
    Field("valid", B, "Whether it can be used.", staged="is_valid"),
    _METADATA,
    key_name="coupon_id",
)
SUBSCRIPTIONS = _stripe(
    "subscriptions",
    "one row per subscription",
    "Subscriptions with their items. A day's log holds the day's last version; the first day's also the one before it.",
    _CUSTOMER,
    Field("status", S, "active, past_due, paused or canceled.", required=True, staged="subscription_status"),
    Field("collection_method", S, "charge_automatically or send_invoice."),
    _upper(),
    _at("billing_cycle_anchor", "Periods count from here.", "anchor_at"),
    _at("current_period_start", "Begin of the running period.", "period_start_at"),
    _at("current_period_end", "End of the running period.", "period_end_at"),
    _at("start_date", "When it was first billed.", "started_at"),
    _at("canceled_at", "When it was canceled; null while it runs.", "canceled_at"),
    _at("ended_at", "When it ended; null while it runs.", "ended_at"),
    Field("cancel_at_period_end", B, "Always false: it ends at once.", staged=None),
    Field(
        "cancellation_details", J, "Reason (cancellation_requested, payment_failed) and feedback; null while it runs."
    ),
    Field("days_until_due", N, "For sent invoices; null else."),
    Field("discount", J, "The coupon on the whole subscription; null if none."),
    Field("items", J, "Items with price and quantity, a list object.", required=True),
    Field("latest_invoice", S, "Its newest invoice; null if none is known.", staged=None),
    Field("pause_collection", J, "Never used: a pause is a status.", staged=None),
    _at("trial_end", "Never used: trials are the app's.", "trial_end_at"),
    _METADATA,
    key_name="subscription_id",
)
INVOICES = _stripe(
    "invoices",
    "one row per finalised invoice",
    "Invoices with their lines. Drafts are not shown: an invoice is finalised within its hour.",
    _CUSTOMER,
    Field("subscription", S, "The subscription; null if none.", staged="subscription_id"),
    Field("status", S, "open, paid or uncollectible.", required=True, staged="invoice_status"),
    Field("billing_reason", S, "subscription_create, _cycle, _update or manual."),
    Field("collection_method", S, "charge_automatically or send_invoice."),
    _upper(),
    _money("subtotal", "Lines before discounts.", "subtotal_minor"),
    _money("total", "After discounts.", "total_minor"),
    _money("amount_due", "Due at finalisation.", "amount_due_minor"),
    _money("amount_paid", "Paid.", "amount_paid_minor"),
    _money("amount_remaining", "Still open.", "amount_remaining_minor"),
    _money("pre_payment_credit_notes_amount", "Credited before payment.", "pre_payment_credit_minor"),
    _money("post_payment_credit_notes_amount", "Credited after payment.", "post_payment_credit_minor"),
    Field("tax", N, "None here: null.", staged=None),
    Field("starting_balance", N, "Always zero.", staged=None),
    Field("attempt_count", N, "Attempts to collect it."),
    Field("attempted", B, "Whether one was made.", staged=None),
    Field("paid", B, "Whether it is paid.", staged="is_paid"),
    _at("next_payment_attempt", "Next retry; null if none.", "next_attempt_at"),
    _at("due_date", "For sent invoices; null else.", "due_at"),
    _at("period_start", "Begin of its period.", "period_start_at"),
    _at("period_end", "End of its period.", "period_end_at"),
    Field("number", S, "Its printed number.", staged="invoice_number"),
    Field("charge", S, "The newest charge; null if none.", staged="charge_id"),
    _INTENT,
    Field("status_transitions", J, "finalized_at, paid_at, marked_uncollectible_at, voided_at: epoch seconds."),
    Field("lines", J, "Its lines, a list object.", required=True),
    Field("total_discount_amounts", J, "Discounts of all lines."),
    _METADATA,
    key_name="invoice_id",
)
PAYMENT_INTENTS = _stripe(
    "payment_intents",
    "one row per invoice that was tried to collect",
    "The intent to collect an invoice, over all attempts.",
    _CUSTOMER,
    _INVOICE,
    _money("amount", "To collect.", "amount_minor"),
    _money("amount_received", "Collected.", "received_minor"),
    _upper(),
    Field("status", S, "requires_payment_method, succeeded or canceled.", staged="payment_intent_status"),
    Field("latest_charge", S, "The newest attempt.", staged="charge_id"),
    Field("last_payment_error", J, "Why the newest attempt failed; null if it did not."),
    Field("payment_method_types", J, "card or customer_balance."),
    _METADATA,
    key_name="payment_intent_id",
)
CHARGES = _stripe(
    "charges",
    "one row per attempt to collect an invoice",
    "Attempts, whether they succeeded, and what was refunded of them later.",
    _CUSTOMER,
    _INVOICE,
    _INTENT,
    _TXN,
    _money("amount", "Tried to collect.", "amount_minor"),
    _money("amount_captured", "Collected.", "captured_minor"),
    _money("amount_refunded", "Refunded of it.", "refunded_minor"),
    _upper(),
    Field("status", S, "succeeded or failed.", required=True, staged="charge_status"),
    Field("paid", B, "Whether it succeeded.", staged="is_paid"),
    Field("captured", B, "Whether it was captured.", staged=None),
    Field("refunded", B, "Whether it was wholly refunded.", staged="is_refunded"),
    Field("disputed", B, "Whether it was disputed.", staged="is_disputed"),
    Field("failure_code", S, "Why it failed; null if it did not."),
    Field("failure_message", S, "The same in words.", staged=None),
    Field("payment_method_details", J, "Kind of payment."),
    _METADATA,
    key_name="charge_id",
)
REFUNDS = _stripe(
    "refunds",
    "one row per refund",
    "Money given back.",
    _CHARGE,
    _INTENT,
    _TXN,
    _money("amount", "Given back.", "amount_minor"),
    _upper(),
    Field("reason", S, "requested_by_customer, duplicate or null."),
    Field("status", S, "succeeded.", staged="refund_status"),
    _METADATA,
    key_name="refund_id",
)
CREDIT_NOTES = _stripe(
    "credit_notes",
    "one row per credit note",
    "Amounts credited on invoices, before or after they were paid.",
    _CUSTOMER,
    Field("invoice", S, "The invoice.", required=True, staged="invoice_id"),
    Field("refund", S, "The refund that goes with it; null if none.", staged="refund_id"),
    _money("amount", "Credited.", "amount_minor"),
    Field("total", N, "The same.", staged=None),
    Field("subtotal", N, "The same.", staged=None),
    _upper(),
    Field("type", S, "pre_payment or post_payment.", staged="credit_note_type"),
    Field("reason", S, "order_change, product_unsatisfactory or null."),
    Field("status", S, "issued.", staged="credit_note_status"),
    Field("number", S, "Its printed number.", staged="credit_note_number"),
    _METADATA,
    key_name="credit_note_id",
)
DISPUTES = _stripe(
    "disputes",
    "one row per dispute",
    "Charges that the card's holder disputes.",
    _CHARGE,
    _INTENT,
    _money("amount", "Disputed.", "amount_minor"),
    _upper(),
    Field("reason", S, "Why."),
    Field("status", S, "needs_response, won or lost.", staged="dispute_status"),
    Field("is_charge_refundable", B, "Never once disputed.", staged=None),
    _METADATA,
    key_name="dispute_id",
)
BALANCE_TRANSACTIONS = _stripe(
    "balance_transactions",
    "one row per movement of the Stripe balance",
    "Movements of the balance, in USD, with fees and the rate of conversion.",
    _money("amount", "Gross, USD minor units, signed.", "amount_usd_minor"),
    _money("fee", "Stripe's fee.", "fee_usd_minor"),
    _money("net", "Gross less fee.", "net_usd_minor"),
    Field("currency", S, "usd: what the balance is kept in.", staged=None),
    Field("exchange_rate", F, "USD for a unit of the charge's currency; null when it is USD."),
    _at("available_on", "When it is paid out.", "available_at"),
    Field("type", S, "charge, refund, adjustment or payout.", staged="transaction_type"),
    Field("reporting_category", S, "charge, refund, dispute, dispute_reversal or payout."),
    Field("source", S, "The charge, refund, dispute or payout.", staged="source_id"),
    Field("status", S, "pending or available.", staged="transaction_status"),
    Field("description", S, "Free text.", staged=None),
    Field("fee_details", J, "What the fee is made of.", staged=None),
    key_name="balance_transaction_id",
    kind=Kind.EVENTS,
)
EVENTS = _stripe(
    "events",
    "one row per event",
    "What happened to which object: the steps between a day's last versions.",
    Field("type", S, "Such as customer.subscription.updated.", required=True, staged="event_type"),
    Field("api_version", S, "Of the object in it.", staged=None),
    Field("data", J, "The object (its changing fields) and what it was before.", required=True),
    Field("pending_webhooks", N, "Always zero.", staged=None),
    Field("request", J, "Null: made by Stripe itself.", staged=None),
    key_name="event_id",
    kind=Kind.EVENTS,
)

OBJECTS: tuple[SourceObject, ...] = (
    CUSTOMERS,
    PRODUCTS,
    PRICES,
    COUPONS,
    SUBSCRIPTIONS,
    INVOICES,
    PAYMENT_INTENTS,
    CHARGES,
    REFUNDS,
    CREDIT_NOTES,
    DISPUTES,
    BALANCE_TRANSACTIONS,
    EVENTS,
)
