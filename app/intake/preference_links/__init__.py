"""Short-lived links by which a host lets a person into their settings page, and the sessions they open."""
