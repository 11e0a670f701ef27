"""`transfer`: two teachers and two small students that learn to draw, and to undo it, from few pairs."""
