//! The `accord` command as its users meet it: as a program, started and asked from outside.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod advantage;
mod applying;
mod arguments;
mod certified;
mod deciding;
mod exporting;
mod fictional;
mod importing;
mod lasting;
mod planning;
mod process;
mod register;
mod sample;
mod sides;
mod starting;
mod subscribing;
mod trading;
