"""What must hold whatever goes wrong: provoked for real, and made to fail call by call."""
