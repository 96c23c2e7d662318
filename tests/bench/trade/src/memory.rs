//! How much memory and time of a processor a process has had, as Linux tells it.

use std::time::Duration;

/// How long a tick of `/proc` is (`CLK_TCK`, the same on all of today's machines).
const TICK: Duration = Duration::from_millis(10);

/// A process that is watched; none is this one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watched(pub(crate) Option<u32>);

impl Watched {
    fn file(self, name: &str) -> String {
        self.0.map_or_else(
            || format!("/proc/self/{name}"),
            |process| format!("/proc/{process}/{name}"),
        )
    }

    /// Returns a line of its status in mebibytes; nothing where the system has none.
    fn mebibytes(self, line: &str) -> Option<u64> {
        let status = std::fs::read_to_string(self.file("status")).ok()?;
        let value = status.lines().find_map(|found| found.strip_prefix(line))?;
        let kibibytes: u64 = value.trim().strip_suffix(" kB")?.trim().parse().ok()?;
        Some(kibibytes / 1_024)
    }

    /// The most resident memory so far.
    pub(crate) fn peak(self) -> Option<u64> {
        self.mebibytes("VmHWM:")
    }

    /// Returns the resident memory now.
    pub(crate) fn current(self) -> Option<u64> {
        self.mebibytes("VmRSS:")
    }

    /// Lets the peak begin anew at what there is now; does nothing where the system has no way to.
    pub(crate) fn begin_anew(self) {
        // What proc(5) says of clear_refs.
        let _ = std::fs::write(self.file("clear_refs"), "5");
    }

    /// The time of processors so far, in user and in system mode, with that of this process.
    pub(crate) fn processor(self) -> Option<Duration> {
        let own = spent(&Self(None).file("stat"))?;
        match self.0 {
            None => Some(own),
            Some(_) => Some(own + spent(&self.file("stat"))?),
        }
    }

    /// Says which it is.
    pub(crate) fn name(self) -> &'static str {
        match self.0 {
            None => "client and service in one process",
            Some(_) => "the service alone",
        }
    }
}

fn spent(file: &str) -> Option<Duration> {
    let text = std::fs::read_to_string(file).ok()?;
    // Behind the name, which can have spaces, the 12th and 13th numbers.
    let (_, numbers) = text.rsplit_once(')')?;
    let mut ticks = numbers.split_whitespace().skip(11);
    let user: u32 = ticks.next()?.parse().ok()?;
    let system: u32 = ticks.next()?.parse().ok()?;
    Some(TICK * user.saturating_add(system))
}
