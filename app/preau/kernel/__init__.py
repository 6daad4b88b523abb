"""The contract of a service and the mechanisms every service stands on; it knows no service."""
