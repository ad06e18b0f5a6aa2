"""The product database's tables about devices: declared once."""

from __future__ import annotations

from tapflow.core.schema import Field, Pii, SourceObject, Type
from tapflow.sources.app.changes import app_table

DEVICES = app_table(
    "devices",
    "one row per controller",
    "Controllers at locations: each serves one to six taps.",
    Field("id", Type.INT, "The device.", required=True, staged="device_id"),
    Field("serial_number", Type.INT, "Number that the stream names it by.", required=True, staged="device_serial"),
    Field("location_id", Type.INT, "Where it stands.", required=True),
    Field("model", Type.STRING, "Hardware model.", staged="device_model"),
    Field("firmware_version", Type.STRING, "Firmware, as last reported."),
    Field("taps", Type.INT, "Taps that it serves.", staged="tap_count"),
    Field("installed_at", Type.TIMESTAMP, "When it was installed.", required=True),
    Field("removed_at", Type.TIMESTAMP, "When it was taken away; null while installed."),
    Field("replaces_device_id", Type.INT, "The device whose place it took; null for none."),
)
TAPS = app_table(
    "taps",
    "one row per tap",
    "Taps of controllers and what they pour.",
    Field("id", Type.INT, "The tap.", required=True, staged="tap_id"),
    Field("device_id", Type.INT, "Its controller.", required=True),
    Field("position", Type.INT, "Its position at the controller, from 1.", staged="tap_position"),
    Field("beverage_id", Type.INT, "What it pours."),
    Field("created_at", Type.TIMESTAMP, "When it was opened.", required=True),
)
BEVERAGES = app_table(
    "beverages",
    "one row per beverage",
    "What may be on tap.",
    Field("id", Type.INT, "The beverage.", required=True, staged="beverage_id"),
    Field("name", Type.STRING, "Its name.", staged="beverage_name"),
    Field("category", Type.STRING, "lager, ale, ipa, stout, cider, cocktail, ...", staged="beverage_category"),
    Field("abv_permille", Type.INT, "Alcohol by volume, per mille."),
    Field("price_per_litre_cents", Type.INT, "What houses ask for a litre, USD cents.", staged="litre_usd_minor"),
    Field("keg_ml", Type.INT, "Volume of the keg that it comes in, ml."),
)
KEGS = app_table(
    "kegs",
    "one row per keg that was taken off",
    "Kegs that have been at taps, written when they are taken off.",
    Field("id", Type.INT, "The keg's number, as the device stream names it.", required=True, staged="keg_id"),
    Field("tap_id", Type.INT, "The tap that it was at.", required=True),
    Field("beverage_id", Type.INT, "What was in it."),
    Field("tapped_at", Type.TIMESTAMP, "When it was tapped.", required=True),
    Field("changed_at", Type.TIMESTAMP, "When it was taken off.", required=True, staged="taken_off_at"),
    Field("leftover_ml", Type.INT, "What was left in it then, ml."),
)
MAINTENANCE_VISITS = app_table(
    "maintenance_visits",
    "one row per technician's visit to a device",
    "Visits that ended: planned service and repairs.",
    Field("id", Type.INT, "The visit.", required=True, staged="visit_id"),
    Field("device_id", Type.INT, "The device.", required=True),
    Field("location_id", Type.INT, "Where.", required=True),
    Field("kind", Type.STRING, "planned, or the fault that it was for.", staged="visit_kind"),
    Field("planned", Type.BOOL, "Planned service rather than a repair.", required=True, staged="is_planned"),
    Field("outcome", Type.STRING, "serviced, repaired or exchanged."),
    Field("technician", Type.INT, "Number of the technician.", staged="technician_id"),
    Field("started_at", Type.TIMESTAMP, "When it began.", required=True),
    Field("ended_at", Type.TIMESTAMP, "When it ended.", required=True),
)
BARTENDERS = app_table(
    "bartenders",
    "one row per bartender's time with a badge at a location",
    "People behind the bar, known by the badge that they pour with.",
    Field("id", Type.INT, "The bartender.", required=True, staged="bartender_id"),
    Field("location_id", Type.INT, "Where.", required=True),
    Field("badge", Type.INT, "Badge, unique at a location among those who are there."),
    Field("hired_at", Type.TIMESTAMP, "Since when.", required=True),
    Field("left_at", Type.TIMESTAMP, "Until when; null while there."),
)
LOYALTY_VISITS = app_table(
    "loyalty_visits",
    "one row per location, day and age band",
    "Visits of guests who showed the house's card, counted by age band.",
    Field("id", Type.INT, "The count.", required=True, staged="loyalty_visit_id"),
    Field("location_id", Type.INT, "Where.", required=True),
    Field("visit_date", Type.DATE, "The day, UTC.", required=True),
    Field("age_band", Type.STRING, "Guests' age.", pii=Pii.CONFIDENTIAL),
    Field("visits", Type.INT, "How many."),
)
DEVICE_OBJECTS: tuple[SourceObject, ...] = (
    DEVICES, TAPS, BEVERAGES, KEGS, MAINTENANCE_VISITS, BARTENDERS, LOYALTY_VISITS,
)  # fmt: skip
