"""Respiratory sounds: the ICBHI 2017 database, four classes of breathing cycles."""
