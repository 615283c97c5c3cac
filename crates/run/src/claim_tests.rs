//! Claims of this machine and of others, with clocks that differ.

use super::*;

fn asked(folder: &Path) -> Taken {
    Claim::take(folder, &mut Watch::default()).unwrap()
}

fn take(folder: &Path) -> Claim {
    match asked(folder) {
        Taken::Ours(claim) => claim,
        other => panic!("{other:?}"),
    }
}

/// A claim of `host`, last touched at `touched` by its clock.
fn written(folder: &Path, host: &str, touched: SystemTime) {
    let (file, path) = (File::create(folder.join(CLAIM)).unwrap(), folder.join(CLAIM));
    let claim = Claim { file, path };
    claim.write(&Holder { host: host.to_owned(), pid: 1, since: 0, ..Holder::me() }).unwrap();
    claim.file.set_modified(touched).unwrap();
}

fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    found
}

#[test]
fn one_holder_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = take(folder.path());
    assert!(matches!(asked(folder.path()), Taken::Alive));
    let text = fs::read_to_string(folder.path().join(CLAIM)).unwrap();
    let holder: Holder = serde_json::from_str(&text).unwrap();
    assert_eq!((holder.host, holder.boot, holder.pid), (host(), boot(), std::process::id()));
    first.give_back().unwrap();
    let second = take(folder.path());
    assert_eq!(files(folder.path()), ["claim.1.json", CLAIM]);
    fs::write(folder.path().join("claim.of.ours.json"), "a file of the user").unwrap();
    second.remove().unwrap();
    assert_eq!(files(folder.path()), ["claim.of.ours.json"]);
}

#[test]
fn whoever_looks_sees_who_is_at_it_and_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert_eq!(look(path), Held::Free);
    let claim = take(path);
    assert!(matches!(look(path), Held::By(holder) if holder.is_here()));
    drop(claim);
    assert!(matches!(look(path), Held::Abandoned(_)));
    take(path).give_back().unwrap();
    assert_eq!(look(path), Held::Free);
    // The newest counts, whoever had the run before.
    let _claim = take(path);
    assert!(matches!(look(path), Held::By(_)));
    let folder = tempfile::tempdir().unwrap();
    let hour = Duration::from_secs(3600);
    written(folder.path(), "another-host", SystemTime::now() - hour);
    let found = look(folder.path());
    assert!(matches!(found, Held::Abandoned(holder) if holder.host == "another-host"));
    written(folder.path(), "another-host", SystemTime::now() + hour);
    assert!(matches!(look(folder.path()), Held::By(_)));
}

#[test]
fn a_claim_that_another_process_has_removed_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let claim = take(folder.path());
    fs::remove_file(folder.path().join(CLAIM)).unwrap();
    assert!(claim.is_lost());
    claim.remove().unwrap();
}

#[test]
fn a_claim_of_a_dead_process_of_this_machine_is_taken_over_at_once() {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), &host(), SystemTime::now());
    assert!(!take(folder.path()).is_lost());
}

/// Locks of another machine may not be seen, so that one lock is no proof that two did not take over
/// at once: only one of them makes the next claim.
#[test]
fn of_many_that_find_a_claim_abandoned_one_takes_over() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        written(folder.path(), &host(), SystemTime::now());
        let path = folder.path();
        let taken: Vec<Taken> = std::thread::scope(|scope| {
            let tried: Vec<_> =
                (0..8).map(|_| scope.spawn(|| Claim::make(path, 1).unwrap())).collect();
            tried.into_iter().map(|tried| tried.join().unwrap()).collect()
        });
        let ours = taken.iter().filter(|taken| matches!(taken, Taken::Ours(_))).count();
        assert_eq!(ours, 1, "{taken:?}");
    }
}

/// Of a process that was killed between making the file and writing it, or of one that is about to.
#[test]
fn a_claim_that_says_nothing_is_one_for_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    File::create(folder.path().join(CLAIM)).unwrap();
    let (mut watch, start) = (Watch::default(), Instant::now());
    let mut take = |secs: u64| {
        Claim::take_at(folder.path(), &mut watch, start + Duration::from_secs(secs)).unwrap()
    };
    assert!(matches!(take(0), Taken::Silent(Duration::ZERO)));
    assert!(matches!(take(59), Taken::Silent(watched) if watched.as_secs() == 59));
    assert!(matches!(take(60), Taken::Ours(_)));
}

/// The times of two machines were compared: with a clock two minutes ahead of ours, every claim
/// of its was taken over at once, and with one behind none ever.
#[test]
fn a_claim_of_another_machine_is_taken_over_after_a_minute_without_a_touch_that_we_watched() {
    let hour = Duration::from_secs(3600);
    for clock in [SystemTime::now() - hour, SystemTime::now() + hour] {
        let folder = tempfile::tempdir().unwrap();
        let (mut watch, start) = (Watch::default(), Instant::now());
        let mut take = |secs: u64| {
            let now = start + Duration::from_secs(secs);
            Claim::take_at(folder.path(), &mut watch, now).unwrap()
        };
        written(folder.path(), "another-host", clock);
        assert!(matches!(take(0), Taken::Silent(_)));
        assert!(matches!(take(59), Taken::Silent(_)));
        written(folder.path(), "another-host", clock + BEAT);
        assert!(matches!(take(61), Taken::Alive));
        assert!(matches!(take(120), Taken::Alive));
        let Taken::Ours(claim) = take(121) else { panic!("nobody has touched it") };
        assert!(claim.path.ends_with("claim.1.json") && !claim.is_lost());
    }
}

/// Clocks that are put back or forward while a run is under way: a touch is a change, whichever way.
#[test]
fn a_touch_that_goes_back_in_time_is_a_touch() {
    let folder = tempfile::tempdir().unwrap();
    let (mut watch, start, now) = (Watch::default(), Instant::now(), SystemTime::now());
    let mut take = |secs: u64, clock: SystemTime| {
        written(folder.path(), "another-host", clock);
        Claim::take_at(folder.path(), &mut watch, start + Duration::from_secs(secs)).unwrap()
    };
    let day = Duration::from_secs(86_400);
    assert!(matches!(take(0, now), Taken::Silent(_)));
    assert!(matches!(take(50, now - day), Taken::Alive));
    assert!(matches!(take(100, now + day), Taken::Alive));
    assert!(matches!(take(159, now + day), Taken::Alive));
}

/// Machines that were copied from one image have one name.
#[test]
fn a_machine_of_our_name_is_another_one_by_its_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(CLAIM);
    let claim = Claim { file: File::create(&path).unwrap(), path };
    claim.write(&Holder { boot: "another start".to_owned(), ..Holder::me() }).unwrap();
    drop(claim);
    assert!(matches!(asked(folder.path()), Taken::Silent(_)));
}
