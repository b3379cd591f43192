//! Tests of the parser's insides.
