//! Files that a local write left behind when the process ended in it. They are not listed as objects: their names end
//! with `#` and digits.

use std::{fs, path::Path, time::Duration};

/// Removes them below `folder` if they are older than `age`, and returns how many there were. What cannot be read or
/// removed is left for the next time.
pub(super) fn sweep(folder: &Path, age: Duration) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let mut removed = 0;
    for entry in entries.flatten() {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else {
            continue;
        };
        if kind.is_dir() {
            removed += sweep(&path, age);
        } else if is_staged(&path) && is_older(&entry, age) && fs::remove_file(&path).is_ok() {
            removed += 1;
        }
    }
    removed
}

fn is_staged(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.and_then(|name| name.split_once('#'))
        .is_some_and(|(_, end)| !end.is_empty() && end.bytes().all(|c| c.is_ascii_digit()))
}

fn is_older(entry: &fs::DirEntry, age: Duration) -> bool {
    let modified = entry.metadata().and_then(|about| about.modified());
    modified.is_ok_and(|at| at.elapsed().is_ok_and(|passed| passed >= age))
}
