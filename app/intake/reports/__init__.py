"""The way from a ticket's holder to trust: what is reported is copied, and leaves its person behind."""
