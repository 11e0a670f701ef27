"""Networks that others trained, as the metrics look through them; needs torch and fetched weights."""
