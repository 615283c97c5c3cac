//! A name for what a statement was about, so that repeats of it are found.

/// The same number for the same parts in the same order (FNV-1a over their bytes). Chance
/// collisions need about 2^32 items.
pub fn item(parts: impl IntoIterator<Item = usize>) -> u64 {
    let bytes = parts.into_iter().flat_map(|part| (part as u64).to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::item;

    #[test]
    fn order_and_number_of_parts_matter() {
        assert_eq!(item([1, 2]), item(vec![1, 2]));
        assert_ne!(item([1, 2]), item([2, 1]));
        assert_ne!(item([0]), item([0, 0]));
    }
}
