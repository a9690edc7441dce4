//! The demo shop's orders and accounts, embedded in the binary.
