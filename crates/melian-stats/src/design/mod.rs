//! Points of the unit cube, and laws that make parameter values of them.
