"""Networks that others trained (fetched) or limner (stand-ins), to look through or draw with; needs torch."""
