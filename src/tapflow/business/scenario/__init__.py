"""What drives the company: validated numbers, one YAML section a domain."""
