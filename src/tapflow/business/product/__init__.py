"""Product: people use what we build, take up features, meet errors, answer surveys."""
