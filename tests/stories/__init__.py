"""Whole journeys of the four kinds of users."""
