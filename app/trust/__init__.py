"""Trust and safety: what a host says about safety; later abuse monitoring, cases, enforcement."""
