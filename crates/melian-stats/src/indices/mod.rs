//! Sensitivity indices: what share of the variation of an answer each parameter accounts for.
