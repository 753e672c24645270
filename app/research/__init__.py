"""The research zone: records that no longer lead to a person, and what researchers get from them."""
