"""A small host product's data, to see everything work: conversations we wrote, and votes of made-up people."""
