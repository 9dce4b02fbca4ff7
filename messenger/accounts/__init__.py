"""People: invitations, joining, sign-in, sessions and devices, key statements, vaults and sealed documents."""
