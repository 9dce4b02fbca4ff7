"""Consents as other systems read them: FHIR resources with the signed statements that they were made of.

Pure, like `protocol` and `merkle`, and standing on these two alone, so that whoever is handed a file can check it
without the rest of the service.
"""
