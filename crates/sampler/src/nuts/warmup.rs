//! When does a warm-up look again at what it adapts?

/// The windows of a warm-up, as Stan has them: first the step size alone, then windows that double, each
/// giving a metric and a new step size, and last the step size alone.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warmup {
    length: u64,
    first: u64,
    last: u64,
    window: u64,
}

impl Warmup {
    pub fn new(length: u64) -> Self {
        let (first, last, window) = match length {
            150.. => (75, 50, 25),
            // As Stan does where it is short: 15, 75 and 10 per cent.
            _ => (length * 15 / 100, length / 10, length - length * 15 / 100 - length / 10),
        };
        Self { length, first, last, window }
    }

    /// Whether the draw of this number is of a window.
    pub fn collects(&self, draw: u64) -> bool {
        (self.first..self.length - self.last).contains(&draw)
    }

    /// Whether a window ends with the draw of this number. A window that would leave less than its
    /// double to the next is prolonged to the end.
    pub fn ends_window(&self, draw: u64) -> bool {
        if !self.collects(draw) {
            return false;
        }
        let stop = self.length - self.last;
        let (mut start, mut size) = (self.first, self.window);
        while start < stop {
            let end = start + size;
            let end = if end + 2 * size > stop { stop } else { end };
            if draw + 1 == end {
                return true;
            }
            (start, size) = (end, 2 * size);
        }
        false
    }

    /// Whether it ends with the draw of this number.
    pub fn ends(&self, draw: u64) -> bool {
        draw + 1 == self.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(length: u64, expect: &[u64]) {
        let warmup = Warmup::new(length);
        let found: Vec<u64> = (0..length + 10).filter(|&draw| warmup.ends_window(draw)).collect();
        assert_eq!(found, expect, "{length}");
    }

    #[test]
    fn windows_as_stans() {
        // 75, then 25, 50, 100, 200 and the 500 that are left, then 50.
        check(1000, &[99, 149, 249, 449, 949]);
        check(150, &[99]);
        check(100, &[89]);
        check(0, &[]);
    }
}
