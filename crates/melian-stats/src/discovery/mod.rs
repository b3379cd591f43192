//! Scenario discovery: boxes of parameters in which something happens, in few words.
