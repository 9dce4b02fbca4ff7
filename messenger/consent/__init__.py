"""Who may read what: the key directory, patients' consents and profiles."""
