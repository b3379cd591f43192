"""The parts of run.py: installing, measuring, comparing, writing."""
