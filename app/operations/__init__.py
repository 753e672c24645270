"""Running Pairvote: start, health, commands, jobs."""
