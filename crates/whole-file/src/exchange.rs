//! How do two folders change places in one step?

use std::path::Path;

/// Lets two paths of one file system change places, so that no reader ever finds neither. False if
/// the system or the file system cannot do so; then nothing has changed.
#[must_use]
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub fn exchange(one: &Path, other: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
}

/// False: this system has no such call.
#[must_use]
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub fn exchange(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn folders_change_places_or_stay() {
        let place = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| place.path().join(name));
        for path in [&one, &other] {
            fs::create_dir(path).unwrap();
            fs::write(path.join("name"), path.file_name().unwrap().as_encoded_bytes()).unwrap();
        }
        let name = |path: &Path| fs::read_to_string(path.join("name")).unwrap();
        let has_changed = exchange(&one, &other);
        let expect = if has_changed { ["other", "one"] } else { ["one", "other"] };
        assert_eq!([name(&one), name(&other)], expect);
        assert!(!exchange(&one, &place.path().join("nothing")));
        assert_eq!(name(&one), expect[0]);
    }
}
