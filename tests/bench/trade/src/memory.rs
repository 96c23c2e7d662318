//! How much memory and time of a processor the process has had, as Linux tells it.

use std::time::Duration;

/// How long a tick of `/proc` is (`CLK_TCK`, the same on all of today's machines).
const TICK: Duration = Duration::from_millis(10);

/// Returns a line of `/proc/self/status` in mebibytes; nothing elsewhere.
fn mebibytes(line: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|found| found.strip_prefix(line))?;
    let kibibytes: u64 = value.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes / 1_024)
}

/// The most resident memory so far.
pub(crate) fn peak() -> Option<u64> {
    mebibytes("VmHWM:")
}

/// Returns the resident memory now.
pub(crate) fn current() -> Option<u64> {
    mebibytes("VmRSS:")
}

/// Lets the peak begin anew at what there is now; does nothing where the system has no way to.
pub(crate) fn begin_anew() {
    // What proc(5) says of clear_refs.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The time of processors so far, in user and in system mode.
pub(crate) fn processor() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name, which can have spaces, the 12th and 13th numbers.
    let (_, numbers) = text.rsplit_once(')')?;
    let mut ticks = numbers.split_whitespace().skip(11);
    let user: u32 = ticks.next()?.parse().ok()?;
    let system: u32 = ticks.next()?.parse().ok()?;
    Some(TICK * user.saturating_add(system))
}
