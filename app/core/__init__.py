"""What every feature stands on: settings, databases, errors, the HTTP edge, clock, ids, jobs, logging."""
