"""Sales: leads, deals with their stages, the people who work them, and the CRM as they keep it."""
