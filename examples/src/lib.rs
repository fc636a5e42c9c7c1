//! Small hosts of the Longshore engine; each example is a program and a test.
