"""Tests of what a person is given."""
