"""Marketing: campaigns, visits, touches, and the prospects they bring."""
