//! Configuration, telemetry, lifecycle, health and server assembly.
