"""What is judged, how strictly, and by which settings."""
