"""Between: end-to-end encrypted messaging between a patient and their care team."""
