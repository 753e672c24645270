"""Everything held on a person, for that person: as JSON, as a page that one can read, and their files."""
