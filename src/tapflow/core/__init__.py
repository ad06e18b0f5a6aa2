"""Settings, errors, clock, ids, money, units and declarations: what every room may use, knowing none of them."""
