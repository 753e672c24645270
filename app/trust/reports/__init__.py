"""Reports: what somebody who was shown a response says is wrong with it, kept apart from votes and from persons."""
