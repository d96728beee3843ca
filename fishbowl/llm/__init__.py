"""Speaks to model servers, and improvises when there is none. Knows no Django models."""
