"""Data keys whose content is deleted already: noted with the deletion, so that no crash can save them."""
