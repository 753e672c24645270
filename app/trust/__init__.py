"""Trust and safety: what a host says about safety, what people report; later abuse monitoring, cases, enforcement."""
