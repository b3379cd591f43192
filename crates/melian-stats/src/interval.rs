//! Shares and means with their uncertainty.
