"""fazhi: from raw reports to a published warehouse."""
