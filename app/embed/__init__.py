"""The page that products frame instead of loading the widget into their own: one element, one script, no cookie."""
