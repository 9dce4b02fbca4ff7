"""Clinics and care teams: founding, the clinic's key, team keys and who holds them, invitations as statements."""
