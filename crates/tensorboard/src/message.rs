//! What does a record say? Messages in protobuf's encoding: a key of field number and wire type before
//! each value.
//!
//! `Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }`,
//! `Summary { repeated Value value = 1; }`, `Value { string tag = 1; float simple_value = 2; }`.

const VARINT: u8 = 0;
const EIGHT_BYTES: u8 = 1;
const BYTES: u8 = 2;
const FOUR_BYTES: u8 = 5;

/// What a file begins with.
pub(crate) fn version(wall_secs: f64) -> Vec<u8> {
    let mut event = double(1, wall_secs);
    event.extend(bytes(3, b"brain.Event:2"));
    event
}

/// Scalars of one step.
pub(crate) fn scalars(wall_secs: f64, step: u64, values: &[(String, f64)]) -> Vec<u8> {
    let mut event = double(1, wall_secs);
    event.push(key(2, VARINT));
    event.extend(varint(step));
    let summary: Vec<u8> =
        values.iter().flat_map(|(tag, value)| bytes(1, &scalar(tag, *value))).collect();
    event.extend(bytes(5, &summary));
    event
}

fn scalar(tag: &str, value: f64) -> Vec<u8> {
    let mut message = bytes(1, tag.as_bytes());
    message.push(key(2, FOUR_BYTES));
    message.extend((value as f32).to_le_bytes());
    message
}

fn key(field: u8, wire: u8) -> u8 {
    field << 3 | wire
}

fn double(field: u8, value: f64) -> Vec<u8> {
    [&[key(field, EIGHT_BYTES)][..], &value.to_le_bytes()].concat()
}

fn bytes(field: u8, value: &[u8]) -> Vec<u8> {
    [&[key(field, BYTES)], varint(value.len() as u64).as_slice(), value].concat()
}

/// Seven bits a byte, the lowest first; the highest bit of a byte says that more follow.
fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_take_the_bytes_that_they_need() {
        assert_eq!(varint(0), [0]);
        assert_eq!(varint(127), [0x7f]);
        assert_eq!(varint(300), [0xac, 0x02]);
        assert_eq!(varint(u64::MAX).len(), 10);
    }

    #[test]
    fn a_scalar_by_hand() {
        // 2.0 as a double is 0x4000000000000000, 0.5 as a float 0x3f000000.
        let expected = [
            &[0x09, 0, 0, 0, 0, 0, 0, 0, 0x40][..],
            &[0x10, 0xac, 0x02],
            &[0x2a, 0x0a, 0x0a, 0x08, 0x0a, 0x01, b'a', 0x15, 0, 0, 0, 0x3f],
        ];
        assert_eq!(scalars(2.0, 300, &[("a".to_owned(), 0.5)]), expected.concat());
    }

    #[test]
    fn the_version_by_hand() {
        let expected = [&[0x09, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x1a, 13][..], b"brain.Event:2"];
        assert_eq!(version(2.0), expected.concat());
    }
}
