//! Golden counts of `datasets/adroit_door`.

use crate::{by_source, check_import, folder, records};
use medley_dataset::*;
use medley_encoder::*;
use medley_feedback::*;
use medley_formats::AdroitDoor;

#[test]
fn adroit_door_is_as_published() {
    let dataset = check_import(&AdroitDoor {}, "adroit_door", "");
    let segments = dataset.segments();
    assert_eq!((dataset.groups().len(), segments.step_count()), (25, 6729));
    let comparisons: Vec<Comparison> = records(&dataset);
    let count =
        |shares: [f64; 3]| comparisons.iter().filter(|c| c.distribution() == shares).count();
    assert_eq!([count([1., 0., 0.]), count([0., 0., 1.]), count([0., 1., 0.])], [921, 927, 152]);

    let side = |id: &SegmentId| segments.index(id).unwrap();
    let spans = |id| segments.groups(side(id)).len() == 2;
    let whole: Vec<_> =
        comparisons.iter().filter(|c| !spans(&c.first) && !spans(&c.second)).collect();
    let decided = whole.iter().filter(|c| c.tie == 0.0).count();
    assert_eq!((whole.len(), decided), (1258, 1173));
    let sides =
        comparisons.iter().flat_map(|c| [&c.first, &c.second]).filter(|id| spans(id)).count();
    assert_eq!((sides as f64 / 4000.0 * 100.0).round(), 21.0);

    let demonstrations: Vec<Demonstration> = records(&dataset);
    assert_eq!(by_source(&demonstrations, "episode").len(), 25);
    let endings = by_source(&demonstrations, "ending");
    assert_eq!(endings.len(), 25);
    for ending in endings {
        let end = segments.steps(side(&ending.segment));
        let mut starts: Vec<usize> =
            ending.alternatives.iter().map(|id| segments.steps(side(id)).start).collect();
        starts.insert(0, end.start);
        assert!(starts.windows(2).all(|pair| pair[0] == pair[1] + 50));
        let group = segments.groups(side(&ending.segment))[0] as usize;
        let whole: SegmentId = dataset.groups().id(group).into();
        let episode = segments.steps(side(&whole));
        assert_eq!(end.end, episode.end);
        assert!(starts[starts.len() - 1] - episode.start < 50);
    }
}

#[test]
fn adroit_door_labels_agree_with_the_latch_angle() {
    let dataset = Dataset::open(&folder("adroit_door")).unwrap();
    let segments = dataset.segments();
    let latch = StoredSteps {}.encode(&dataset).unwrap().project(&["obs-27".into()]).unwrap();
    let rewards = segments.true_rewards().unwrap();
    let comparisons: Vec<Comparison> = records(&dataset);
    let agreement = |score: &dyn Fn(usize) -> f64| {
        let decided: Vec<_> = comparisons.iter().filter(|c| c.tie == 0.0).collect();
        let side = |id: &SegmentId| score(segments.index(id).unwrap());
        let agrees = |c: &&&Comparison| {
            if c.preference == 1.0 {
                side(&c.first) > side(&c.second)
            } else {
                side(&c.first) < side(&c.second)
            }
        };
        let share = decided.iter().filter(agrees).count() as f64 / decided.len() as f64;
        (share * 1000.0).round()
    };
    let mean_latch = |i| latch.segment(i).iter().map(|&x| f64::from(x)).sum::<f64>();
    assert_eq!(agreement(&mean_latch), 788.0);
    assert_eq!(agreement(&|i| rewards[segments.steps(i)].iter().sum()), 741.0);
}

#[test]
fn adroit_door_standardizes_on_whole_episodes() {
    let dataset = Dataset::open(&folder("adroit_door")).unwrap();
    let features = StoredSteps {}.encode(&dataset).unwrap();
    let fitted = Standardizer::fit(&features, 0..25).unwrap();
    let again = Standardizer::fit(&features.standardized(&fitted).unwrap(), 0..25).unwrap();
    assert!(again.mean.iter().all(|mean| mean.abs() < 1e-4), "{:?}", again.mean);
    assert!(again.scale.iter().all(|scale| (scale - 1.0).abs() < 1e-3), "{:?}", again.scale);
}
