"""Networks without opinion: what they compute, not what they are trained for."""
