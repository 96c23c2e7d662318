//! Trade metrics: releases, vintages, turnover and targets.

pub mod domain;
