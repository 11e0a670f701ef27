"""Networks that others trained (fetched) or limner (stand-ins): to look through, to draw with; needs torch."""
