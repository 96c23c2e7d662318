//! Trade metrics: releases, vintages, turnover and targets.
