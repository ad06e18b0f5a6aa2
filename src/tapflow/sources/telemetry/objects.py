"""The device stream's one object: events, declared once."""

from __future__ import annotations

from tapflow.core.schema import Derived, Field, Kind, SourceObject, Type

MILLILITRES_PER_OUNCE = 29.5735
"""A US fluid ounce. Controllers that speak ounces send thousandths of one, so that millilitres come back whole."""

EVENTS = SourceObject(
    "telemetry",
    "events",
    "one row per received message: an event of a controller, or a second sending of it",
    "Events of controllers, in the file of the day on which the gateway received them. An event's key is "
    "(device_serial, boot, sequence). A message sent again is marked `redelivered`; the first sending may or may not "
    "have arrived. Connects and disconnects carry the gateway's clock; a disconnect has the number after the last one "
    "seen. Other events carry the controller's clock, which may be wrong, and come late when made offline.",
    (
        Field("device_serial", Type.INT, "Serial number of the controller.", required=True),
        Field("boot", Type.INT, "How often the controller had started.", required=True),
        Field("sequence", Type.INT, "Number of the event within the boot.", required=True),
        Field(
            "event",
            Type.STRING,
            "connect, disconnect, pour, temperature, keg_change, fault or firmware_update.",
            required=True,
            staged="event_type",
        ),
        Field("occurred_at", Type.INT, "By its clock, epoch seconds.", required=True, staged="occurred_seconds"),
        Field("received_at", Type.INT, "By the gateway, epoch seconds.", required=True, staged="received_seconds"),
        Field("redelivered", Type.BOOL, "Sent again after no acknowledgement.", required=True, staged="is_redelivered"),
        Field("tap", Type.INT, "Position of the tap, from 1.", staged="tap_position"),
        Field("flow", Type.STRING, "Of a pour: serve, foam, spill or clean.", staged="flow_kind"),
        Field("volume", Type.INT, "Of a pour, or left in a changed keg; in `unit`.", staged=None),
        Field("unit", Type.STRING, "Of the volume: ml, or moz (1/1000 US fluid ounce).", staged="volume_unit"),
        Field("beverage", Type.INT, "Beverage poured, or in the new keg.", staged="beverage_id"),
        Field("badge", Type.INT, "Who poured: the bartender's badge at the location."),
        Field("temperature", Type.INT, "Reading, tenths of a degree Celsius.", staged="temperature_dc"),
        Field("keg", Type.INT, "Number of the new keg.", staged="keg_id"),
        Field("empty_seconds", Type.INT, "Of a keg change: how long the tap had been empty."),
        Field("code", Type.STRING, "Of a fault: what failed.", staged="fault_kind"),
        Field("firmware", Type.STRING, "Of a firmware update: the new version.", staged="firmware_version"),
    ),
    ("device_serial", "boot", "sequence"),
    "received_at",
    derived=(
        Derived(
            "volume_ml",
            Type.INT,
            f"case when unit = 'moz' then cast(round(volume * {MILLILITRES_PER_OUNCE} / 1000.0, 0) as bigint) "
            "else volume end",
            "Volume of the pour, or what was left in the changed keg, in millilitres whatever the unit sent.",
        ),
        Derived(
            "effective_seconds",
            Type.INT,
            "case when received_at < occurred_at then received_at else occurred_at end",
            "When it happened as far as can be known, epoch seconds: no event happens after it was received.",
        ),
    ),
    kind=Kind.STREAM,
    partition="day",
)
OBJECTS: tuple[SourceObject, ...] = (EVENTS,)
