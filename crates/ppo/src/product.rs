//! Products of small matrices.
//!
//! The layers of a policy are a few dozen numbers wide. A tensor library spends more time on keeping
//! books and on packing than on such a product; here a tile of sums stays in registers while the two
//! factors stream by. No multiply-add is fused and sums run in the order of the inner index, so that the
//! bits depend neither on what a processor can do nor on how many rows are asked for at once.

use macerator::{AutoArch, Simd, WithSimd};

/// Rows of a tile. With more of them, or wider ones, the compiler keeps the sums in memory, at a tenth of
/// the speed.
const HIGH: usize = 4;
/// Columns of a tile.
const WIDE: usize = 16;

/// The left factor, `[row, inner]`.
#[derive(Clone, Copy)]
pub(crate) struct Left<'a> {
    pub values: &'a [f32],
    /// From one row to the next.
    pub row: usize,
    /// From one inner index to the next.
    pub inner: usize,
}

/// Adds the product of `left` and `right` to `sums`.
///
/// # Shapes
/// `left` `[row, inner]`, `right` `[inner, columns]` and `sums` `[row, columns]`, both row by row
pub(crate) fn add_product(left: Left<'_>, right: &[f32], columns: usize, sums: &mut [f32]) {
    AutoArch::new().dispatch(Product { left, right, columns, sums });
}

/// A closure would be compiled apart, for narrow registers.
struct Product<'a> {
    left: Left<'a>,
    right: &'a [f32],
    columns: usize,
    sums: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self) {
        add(self.left, self.right, self.columns, self.sums);
    }
}

#[inline(always)]
fn add(left: Left<'_>, right: &[f32], columns: usize, sums: &mut [f32]) {
    let mut padded = Vec::new();
    for from in (0..columns).step_by(WIDE) {
        let wide = WIDE.min(columns - from);
        // The last columns are brought to the width of a tile with zeros.
        let panel = if wide == WIDE {
            Panel { values: &right[from..], inner: columns, from, wide }
        } else {
            padded.resize(right.len() / columns * WIDE, 0.0);
            let rows = right.chunks_exact(columns).zip(padded.chunks_exact_mut(WIDE));
            rows.for_each(|(row, padded)| padded[..wide].copy_from_slice(&row[from..]));
            Panel { values: &padded, inner: WIDE, from, wide }
        };
        let mut rows = sums.chunks_exact_mut(HIGH * columns);
        let mut number = 0;
        for rows in &mut rows {
            tile::<HIGH>(left, number, panel, rows);
            number += HIGH;
        }
        for row in rows.into_remainder().chunks_exact_mut(columns) {
            tile::<1>(left, number, panel, row);
            number += 1;
        }
    }
}

/// Some columns of the right factor.
#[derive(Clone, Copy)]
struct Panel<'a> {
    values: &'a [f32],
    /// From one inner index to the next.
    inner: usize,
    /// First column.
    from: usize,
    /// Columns that count.
    wide: usize,
}

/// Adds to `ROWS` rows of sums, of which the first is `number`.
#[inline(always)]
fn tile<const ROWS: usize>(left: Left<'_>, number: usize, panel: Panel<'_>, sums: &mut [f32]) {
    let Panel { values, inner, from, wide } = panel;
    let columns = sums.len() / ROWS;
    let mut tile = [[0.0; WIDE]; ROWS];
    for (tile, sums) in tile.iter_mut().zip(sums.chunks_exact(columns)) {
        tile[..wide].copy_from_slice(&sums[from..from + wide]);
    }
    for (depth, right) in values.chunks(inner).enumerate() {
        // Never too short: the last chunk holds at least the columns of this panel.
        let Some(right) = right.first_chunk::<WIDE>() else { break };
        let start = number * left.row + depth * left.inner;
        // Read before the sums are touched: nothing can fail between them, so that they stay in registers.
        let factors: [f32; ROWS] = std::array::from_fn(|row| left.values[start + row * left.row]);
        // By place and not by iterators, with which the compiler keeps the sums in memory.
        for row in 0..ROWS {
            for column in 0..WIDE {
                tile[row][column] += factors[row] * right[column];
            }
        }
    }
    for (tile, sums) in tile.iter().zip(sums.chunks_exact_mut(columns)) {
        sums[from..from + wide].copy_from_slice(&tile[..wide]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each sum by itself, in the order of the inner index.
    fn plain(left: Left<'_>, right: &[f32], columns: usize, sums: &mut [f32]) {
        for (place, sum) in sums.iter_mut().enumerate() {
            let (row, column) = (place / columns, place % columns);
            for (depth, right) in right.chunks_exact(columns).enumerate() {
                *sum += left.values[row * left.row + depth * left.inner] * right[column];
            }
        }
    }

    #[test]
    fn a_product_has_the_bits_of_plain_sums() {
        let wave = |count: usize, by: f32| -> Vec<f32> {
            (0..count).map(|i| (by * (i as f32 + 1.0)).sin()).collect()
        };
        let check = |rows: usize, inner: usize, columns: usize| {
            let (values, right) = (wave(rows * inner, 0.7), wave(inner * columns, 1.3));
            let as_it_lies = Left { values: &values, row: inner, inner: 1 };
            let turned = Left { values: &values, row: 1, inner: rows };
            for left in [as_it_lies, turned] {
                let mut found = wave(rows * columns, 0.3);
                let (mut expected, mut narrow) = (found.clone(), found.clone());
                add_product(left, &right, columns, &mut found);
                plain(left, &right, columns, &mut expected);
                assert_eq!(found, expected, "{rows} {inner} {columns}");
                add(left, &right, columns, &mut narrow);
                assert_eq!(found, narrow, "{rows} {inner} {columns}, without wide registers");
            }
        };
        for rows in [1, 5, 6, 13, 64] {
            for columns in [1, 2, 15, 16, 17, 64] {
                [1, 2, 64].into_iter().for_each(|inner| check(rows, inner, columns));
            }
        }
    }

    #[test]
    fn two_by_two_by_hand() {
        let left = Left { values: &[1.0, 2.0, 3.0, 4.0], row: 2, inner: 1 };
        let mut sums = [10.0, 20.0, 30.0, 40.0];
        add_product(left, &[5.0, 6.0, 7.0, 8.0], 2, &mut sums);
        assert_eq!(sums, [29.0, 42.0, 73.0, 90.0]);
    }
}
