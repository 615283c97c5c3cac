use super::*;
use proptest::prelude::*;

fn item(proxy: f64, gold: f64, prompt: u32) -> TailItem {
    TailItem { proxy, gold, prompt, cluster: prompt }
}

fn at(items: &[TailItem], share: f64) -> TailAccuracy {
    tail_accuracy(items, &[share], &Bootstrap { replicates: 50, seed: 0 }).unwrap()[0]
}

#[test]
fn the_tail_is_cut_for_each_prompt() {
    // The top half of prompt 0 is wrong, that of prompt 1 right; across prompts nothing is compared.
    let items = [
        item(4.0, 1.0, 0),
        item(3.0, 2.0, 0),
        item(2.0, -1.0, 0),
        item(1.0, -2.0, 0),
        item(0.4, 90.0, 1),
        item(0.3, 80.0, 1),
        item(0.2, 99.0, 1),
    ];
    let check = |share: f64, expect: f64, pairs: usize, count: usize| {
        let got = at(&items, share);
        let accuracy = got.accuracy.unwrap();
        assert_eq!((accuracy.value, accuracy.n, got.items), (expect, pairs, count), "at {share}");
    };
    check(1.0, 6.0 / 9.0, 9, 7);
    check(0.5, 0.5, 2, 4);
    let none = at(&items, 0.01);
    assert_eq!((none.accuracy, none.items), (None, 2));
}

#[test]
fn ties_of_the_proxy_are_half_and_are_not_cut() {
    let items = [item(1.0, 1.0, 0), item(1.0, 2.0, 0), item(1.0, 2.0, 0), item(0.0, 5.0, 0)];
    let got = at(&items, 0.25);
    assert_eq!((got.items, got.tied), (3, 1));
    assert_eq!(got.accuracy.map(|of| (of.value, of.n)), Some((0.5, 2)));
}

#[test]
fn what_cannot_be_ordered_is_named() {
    let settings = Bootstrap::default();
    let error = |items: &[TailItem], share| {
        tail_accuracy(items, &[share], &settings).unwrap_err().to_string()
    };
    let nan = error(&[item(1.0, 1.0, 0), item(1.0, f64::NAN, 0)], 1.0);
    assert_eq!(nan, "the gold score of item 1 is NaN");
    let share = error(&[], 0.0);
    assert_eq!(share, "a tail is a share in (0, 1] of the items, found 0");
    let many: Vec<TailItem> = (0..3000).map(|i| item(f64::from(i), 0.0, 0)).collect();
    assert!(error(&many, 1.0).starts_with("the top 1 has 4498500 pairs"));
    assert_eq!(tail_accuracy(&[], &[1.0], &settings).unwrap()[0].accuracy, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn orders_and_rising_maps_change_no_bit(
        scores in prop::collection::vec((0_u8..9, 0_u8..5, 0_u32..7), 1..40),
        by in 0..40_usize,
        share in 0.05_f64..1.0,
    ) {
        let items: Vec<TailItem> =
            scores.iter().map(|(p, g, q)| item(f64::from(*p), f64::from(*g), *q)).collect();
        let mut turned: Vec<TailItem> = items
            .iter()
            .map(|of| TailItem { proxy: of.proxy.exp(), gold: 3.0 * of.gold - 7.0, ..*of })
            .collect();
        let length = turned.len();
        turned.rotate_left(by % length);
        prop_assert_eq!(format!("{:?}", at(&items, share)), format!("{:?}", at(&turned, share)));
        // Where all are looked at, it is the accuracy over all pairs; turned around, the rest.
        let against: Vec<TailItem> = items.iter().map(|of| TailItem { gold: -of.gold, ..*of }).collect();
        if let (Some(a), Some(b)) = (at(&items, share).accuracy, at(&against, share).accuracy) {
            prop_assert!((a.value + b.value - 1.0).abs() < 1e-12);
        }
    }
}
