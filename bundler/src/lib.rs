//! Turns a Python program into one executable.
//!
//! A program goes through here in this order: [`plan`] reads the command line's wishes and pyproject.toml, [`graph`] finds
//! all modules, [`prepare`] compiles each of them, [`bundle`] adds data and metadata and makes the archive, and [`image`]
//! puts that into a stub. [`report`] says what was taken and why.

pub mod bundle;
pub mod cli;
pub mod config;
pub mod data;
pub mod error;
pub mod freeze;
pub mod graph;
pub mod image;
pub mod look;
pub mod native_modules;
pub mod output;
pub mod plan;
pub mod prepare;
pub mod report;
pub mod retarget;
pub mod stdlib;
pub mod stubs;
