"""A second canary test of redaction, written apart from its rules by someone who has not read them.

Nothing here may be made from the rules or from the other canary test, and no rule from what is here: the development
half may be looked at, the held-out half only counted.
"""
