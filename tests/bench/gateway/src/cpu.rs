//! Processor time that a process has used, from `/proc`.

use std::{fs, io, time::Duration};

/// Ticks a second of the times in `/proc`: Linux has always told programs 100.
const TICKS_PER_SECOND: u64 = 100;

/// Where the fields after the name are (proc(5), `/proc/pid/stat`): user time is field 14, system time 15, and the first one after
/// the name is field 3.
const USER: usize = 14 - 3;
const SYSTEM: usize = 15 - 3;

/// Returns what process `pid` and its children that work for it have used so far.
pub(crate) fn used(pid: u32) -> io::Result<Duration> {
    let mut ticks = ticks_of(pid)?;
    for child in children(pid)? {
        ticks += ticks_of(child)?;
    }
    Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
}

fn ticks_of(pid: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let unreadable = || io::Error::other("unreadable /proc/PID/stat");
    // The name stands in parentheses and may contain anything.
    let (_, rest) = text.rsplit_once(") ").ok_or_else(unreadable)?;
    let fields: Vec<_> = rest.split(' ').collect();
    let field = |index: usize| fields.get(index).and_then(|text| text.parse::<u64>().ok());
    let both = field(USER).zip(field(SYSTEM)).ok_or_else(unreadable)?;
    Ok(both.0 + both.1)
}

fn children(pid: u32) -> io::Result<Vec<u32>> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    Ok(text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect())
}
