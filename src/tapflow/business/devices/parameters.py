"""The devices' section of the scenario: the fleet, its health, and what flows through the taps."""

from __future__ import annotations

from pydantic import Field, model_validator

from tapflow.business.scenario.strict import Strict


class DeviceModel(Strict):
    """A hardware generation of the controller, with the Weibull hazard of its failures."""

    name: str
    shape: float  # Weibull shape: above 1 the device wears out
    scale_days: float  # Weibull scale: days until 63% of never-serviced devices have failed
    founding_share: float  # weight among the devices of the starting population
    new_share: float  # weight among the devices installed later


class FaultKind(Strict):
    """A way to fail, and what mends it."""

    name: str
    weight: float  # share of faults, relative
    pour_factor: float  # share of pours that still happen while it lasts
    silent: bool  # true: the controller is dead, nothing is recorded
    remote_share: float  # share of faults that support mends from afar
    replace_share: float  # of those that need a visit: share in which the device is exchanged
    temperature_rise_dc: int = 0  # tenths of a degree Celsius that the cooler warms while it lasts


class OfflineKind(Strict):
    """A way to lose the connection while the controller itself is sound."""

    name: str
    weight: float  # share of spells, relative
    median_minutes: float  # of the spell's length, log-normal
    sigma: float  # of the logarithm of the length
    reboots: bool  # true: the controller restarts, a new boot number
    silent: bool  # true: no power, the taps stand still


class Beverage(Strict):
    """Something on tap."""

    name: str
    category: str
    abv_permille: int  # alcohol by volume, per mille
    price_minor: int  # what houses ask for a litre, US cents
    keg_ml: int  # the keg that it comes in
    weight: float  # share of taps that carry it, relative


class CalendarDay(Strict):
    """A day of the year that moves pours: a fixed date, or the nth weekday of a month."""

    name: str
    month: int = Field(ge=1, le=12)
    day: int = 0  # of the month; 0 when the weekday rule is used
    weekday: int = 0  # 0 Monday .. 6 Sunday
    nth: int = 0  # 1 first .. 4 fourth, -1 last; 0 when a fixed date is used
    after_first_monday: bool = False  # the weekday after the month's first Monday (first NFL Sunday)
    countries: tuple[str, ...] = ()  # ISO codes; none means everywhere
    factor: float  # pours against the same weekday


class Demand(Strict):
    """How many pours there are, when, and of which size."""

    pours_per_tap: float  # flows a tap and day, mean over a year
    weekday_weights: tuple[float, ...]  # Monday..Sunday, relative
    hour_weights: tuple[float, ...]  # local hours 0..23, relative
    happy_hour_weekday: int  # 0 Monday
    happy_hours: tuple[int, ...]  # local hours
    happy_hour_factor: float
    season_amplitude: float  # share by which the best month exceeds the mean
    season_peak_day: int  # day of the year, northern half
    weather_sigma: float  # of the logarithm of a day's weather factor, by region
    local_event_rate: float  # share of region-days with a fair, a match or a concert
    local_event_factor: float
    promotion_rate: float  # share of location-weeks with a promotion
    promotion_factor: float
    least: float  # flows a device and day, however dull it is
    calendar: tuple[CalendarDay, ...]
    glass_ml: tuple[int, ...]  # eight sizes, equally likely
    foam_share: float  # share of flows that are foam on a healthy line
    foam_wear: float  # rise of that share per unit of wear (hazard over the new device's at scale)
    spill_share: float

    @model_validator(mode="after")
    def _lengths(self) -> Demand:
        if len(self.weekday_weights) != 7 or len(self.hour_weights) != 24:
            raise ValueError("weekday_weights has 7 and hour_weights 24 numbers")
        if len(self.glass_ml) != 8:
            raise ValueError("glass_ml has 8 numbers")
        return self


class Kegs(Strict):
    """How kegs empty and are changed, and how lines are cleaned."""

    early_share: float  # of the keg left from which staff may change it early
    early_rate: float  # chance per flow, below that share
    change_median_minutes: float  # from empty to the next keg, when one stands ready
    change_sigma: float
    stockout_rate: float  # share of empty kegs for which no other is in the house
    stockout_median_hours: float
    stockout_sigma: float
    rotate_rate: float  # chance that the next keg holds another beverage
    clean_every_days: int  # between two cleanings of a device's lines
    clean_hour: int  # local
    clean_ml: int  # flushed per tap
    founding_least: float  # share left at least in the starting fleet's kegs


class Temperature(Strict):
    """The cooler, in tenths of a degree Celsius."""

    base_dc: int
    spread_dc: int  # between devices, plus and minus
    noise_dc: int  # between readings, plus and minus
    summer_dc: int  # added at the season's peak
    door_rate: float  # share of readings taken while a door stood open
    door_dc: int  # highest rise then
    low_dc: int  # an excursion is a reading below this ...
    high_dc: int  # ... or above this
    interval_hours: int  # between readings


class Service(Strict):
    """Installation, visits, repair and removal."""

    install_median_days: float  # from the order to the installation, log-normal
    install_sigma: float
    install_max_days: int
    remove_mean_days: float  # from the end of the service to the removal, exponential
    remove_max_days: int
    commissioning_minutes: int  # longest time from installation to the first connection
    planned_every_days: int  # between two planned visits to a location, mean
    planned_spread_days: int
    planned_minutes: int  # median of a planned visit, per device
    planned_least_minutes: float
    reactive_median_hours: float  # from fault to the technician's arrival
    reactive_sigma: float
    reactive_minutes: int  # median of a reactive visit
    visit_sigma: float  # of the logarithm of visits' minutes
    remote_median_minutes: float  # until a fault is mended from afar
    remote_sigma: float
    planned_renewal: float  # share of wear that a planned visit takes away
    reactive_renewal: float  # share of wear that a repair takes away
    technicians: int  # per 10,000 devices


class Network(Strict):
    """Connections lost and found, and what the stream does to events."""

    offline_rate: float  # spells a device and day
    location_sigma: float  # spread of that rate between houses, of the logarithm
    device_sigma: float  # spread of the fault hazard between devices, of the logarithm
    delay_max_seconds: int  # usual longest time from event to reception
    duplicate_rate: float  # share of live events sent again
    duplicate_late_share: float  # of those: the copy comes hours later
    duplicate_late_hours: int  # the latest that a copy comes
    duplicate_seconds: tuple[int, int]  # the other copies come so long after the first
    duplicate_lost_share: float  # of those: the first sending was lost, the copy is all there is
    skew_rate: float  # share of boots with a wrong clock
    skew_max_seconds: int
    founding_connect_seconds: int  # at the first day every controller connects within this time


class Firmware(Strict):
    """Releases and their waves."""

    release_every_days: int
    first_major: int
    hazard_sigma: float  # spread of releases' effect on the hazard, of the logarithm
    wave_days: tuple[int, ...]  # days after release ...
    wave_shares: tuple[float, ...]  # ... by which this share of the fleet is offered it
    update_hour: int  # local
    update_seconds: int  # without connection


class FoundingFleet(Strict):
    """The age of the devices at the first day."""

    age_days_least: int
    age_days_more: float  # beyond that, mean, exponential


class House(Strict):
    """Bartenders and guests, as the product database counts them."""

    bartenders_base: float  # a location's bartenders: this ...
    bartenders_per_tap: float  # ... plus this per tap
    bartenders_max: int
    bartender_leave_rate: float  # a bartender and day
    loyalty_share: float  # share of locations with a guests' card
    loyalty_visits: float  # visits a card-carrying location and day, at capacity 1
    age_bands: tuple[str, ...]
    age_weights: tuple[float, ...]


class DeviceParameters(Strict):
    """Everything about devices."""

    models: tuple[DeviceModel, ...]
    faults: tuple[FaultKind, ...]
    offline: tuple[OfflineKind, ...]
    beverages: tuple[Beverage, ...]
    demand: Demand
    kegs: Kegs
    temperature: Temperature
    service: Service
    network: Network
    firmware: Firmware
    founding: FoundingFleet
    house: House
