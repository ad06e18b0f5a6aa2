"""Engineering: requests and bugs become issues, issues become changes, changes become releases."""
