//! Random small models.
