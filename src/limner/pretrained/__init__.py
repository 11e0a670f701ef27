"""Networks to look through, trained by others (fetched) or by limner (stand-in teachers); needs torch."""
