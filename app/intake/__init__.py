"""The zone that knows pseudonymous persons: asking them, what they compare, what they answer."""
