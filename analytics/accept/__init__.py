"""Steps of the metrics that compare accept with production: `early_warning` and `untried_on_accept`."""
