//! Which points lie near, and which far apart?

/// Points of as many numbers each.
#[derive(Clone, Copy)]
pub(super) struct Cloud<'a> {
    /// The point of a number.
    pub point: &'a dyn Fn(usize) -> &'a [f32],
}

impl Cloud<'_> {
    /// Up to `count` of `among`, each as far as can be from those before it, from the first on (Gonzalez
    /// 1985), and how many of all each of them is nearest to. Fewer where the others are all equal to one
    /// of these.
    pub fn far_apart(&self, among: &[usize], count: usize) -> Vec<(usize, usize)> {
        let mut chosen = Vec::new();
        let mut distances = vec![f64::INFINITY; among.len()];
        let mut nearest = vec![0; among.len()];
        let mut next = 0;
        while chosen.len() < count.min(among.len()) && distances[next] > 0.0 {
            let newest = (self.point)(among[next]);
            for (place, &other) in among.iter().enumerate() {
                let distance = squared(newest, (self.point)(other));
                if distance < distances[place] {
                    (distances[place], nearest[place]) = (distance, chosen.len());
                }
            }
            chosen.push((among[next], 0));
            // The first of those that are equally far.
            let furthest = |best: usize, place: usize| {
                if distances[place] > distances[best] { place } else { best }
            };
            next = (0..among.len()).fold(0, furthest);
        }
        if !chosen.is_empty() {
            nearest.into_iter().for_each(|place: usize| chosen[place].1 += 1);
        }
        chosen
    }

    /// The `count` of `among` that are nearest to a point, with their squared distances, nearest first;
    /// of those that are equally far the first.
    pub fn nearest(
        &self,
        to: &[f32],
        among: impl Iterator<Item = usize>,
        count: usize,
    ) -> Vec<(usize, f64)> {
        let distance = |row: usize| (row, squared(to, (self.point)(row)));
        let mut all: Vec<(usize, f64)> = among.map(distance).collect();
        let order = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0));
        if count < all.len() {
            all.select_nth_unstable_by(count, order);
            all.truncate(count);
        }
        all.sort_unstable_by(order);
        all
    }
}

/// Squared Euclidean distance.
fn squared(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: [f32; 6] = [0.0, 1.0, 4.0, 4.0, 9.0, 10.0];

    fn cloud() -> Cloud<'static> {
        Cloud { point: &|row| &LINE[row..=row] }
    }

    #[test]
    fn the_furthest_comes_next() {
        let all = [0, 1, 2, 3, 4, 5];
        // The last but one is 9, which is nearest to 10.
        assert_eq!(cloud().far_apart(&all, 4), [(0, 1), (5, 2), (2, 2), (1, 1)]);
        // 4 stands there twice.
        assert_eq!(cloud().far_apart(&all, 9), [(0, 1), (5, 1), (2, 2), (1, 1), (4, 1)]);
        assert!(cloud().far_apart(&[], 3).is_empty());
    }

    #[test]
    fn the_nearest_come_first() {
        assert_eq!(
            cloud().nearest(&[5.0], [0, 1, 3, 2, 5].into_iter(), 3),
            [(2, 1.0), (3, 1.0), (1, 16.0)]
        );
        assert_eq!(cloud().nearest(&[5.0], [4].into_iter(), 3), [(4, 16.0)]);
    }
}
