"""The readable pages of a workspace's notices and policies."""
