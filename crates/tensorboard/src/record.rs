//! How does a record lie in a file? Its length, the checksum of that, its bytes, and their checksum.
//!
//! All numbers are little-endian. A reader that finds the last record cut off waits for more.

/// The record that holds `data`.
pub(crate) fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let parts: [&[u8]; 4] = [
        &length,
        &masked(crc32c(&length)).to_le_bytes(),
        data,
        &masked(crc32c(data)).to_le_bytes(),
    ];
    parts.concat()
}

/// A checksum turned by 15 bits and shifted, so that data that hold checksums are not hard on it.
fn masked(checksum: u32) -> u32 {
    checksum.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// CRC-32C: Castagnoli's polynomial 0x1EDC6F41, with bits reversed.
fn crc32c(data: &[u8]) -> u32 {
    const REVERSED: u32 = 0x82f6_3b78;
    let bit = |checksum: u32, _| (checksum >> 1) ^ if checksum & 1 == 1 { REVERSED } else { 0 };
    !data.iter().fold(!0, |checksum, &byte| (0..8).fold(checksum ^ u32::from(byte), bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_rfc_3720() {
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        assert_eq!(crc32c(&(0..32).collect::<Vec<u8>>()), 0x46dd_794e);
        assert_eq!(crc32c(b""), 0);
    }

    #[test]
    fn a_record_is_length_and_data_each_with_a_checksum() {
        // crc32c("a") is 0xc1d04330: turned by 15 bits 0x866183a0, plus the constant 0x28e46e78.
        assert_eq!(crc32c(b"a"), 0xc1d0_4330);
        let expected = [
            &[1, 0, 0, 0, 0, 0, 0, 0][..],
            &masked(crc32c(&[1, 0, 0, 0, 0, 0, 0, 0])).to_le_bytes(),
            b"a",
            &[0x78, 0x6e, 0xe4, 0x28],
        ]
        .concat();
        assert_eq!(record(b"a"), expected);
    }
}
