"""Lines of a format inside of others: behind what a runtime or syslog puts before them, or as a text in an object."""
