"""Trained networks to look through: those that others published, as metrics need them, and the teachers; needs
torch, and for what others published fetched weights.
"""
