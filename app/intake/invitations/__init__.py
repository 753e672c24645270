"""Whether, and about which two models, a person is asked for a comparison now."""
