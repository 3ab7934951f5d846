"""Whether an IntegrationId arrives and is right."""
