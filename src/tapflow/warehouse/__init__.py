"""Engines and dbt: builds, checks and publishes a version. The only user of duckdb and dbt."""
