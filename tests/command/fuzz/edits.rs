//! Damage to bytes: what disks, networks, editors and other programs do to files.

use proptest::prelude::*;

/// One change. Places are shares of the length, so that an edit fits any input.
#[derive(Clone, Debug)]
pub enum Edit {
    Flip(u16, u8),
    Set(u16, Vec<u8>),
    Insert(u16, Vec<u8>),
    Delete(u16, u16),
    Repeat(u16, u16),
    Cut(u16),
}

pub fn edit(words: &'static [&'static [u8]]) -> impl Strategy<Value = Edit> {
    let place = || any::<u16>();
    let bytes = || {
        prop_oneof![
            prop::sample::select(words).prop_map(<[u8]>::to_vec),
            prop::collection::vec(any::<u8>(), 1..5),
        ]
    };
    prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        4 => (place(), bytes()).prop_map(|(at, bytes)| Edit::Set(at, bytes)),
        2 => (place(), bytes()).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        2 => (place(), 1..64_u16).prop_map(|(at, count)| Edit::Delete(at, count)),
        1 => (place(), 1..64_u16).prop_map(|(at, count)| Edit::Repeat(at, count)),
        1 => place().prop_map(Edit::Cut),
    ]
}

pub fn edited(mut bytes: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        let place = |at: u16| bytes.len() * at as usize / 65536;
        let end = |at: usize, count: u16| (at + count as usize).min(bytes.len());
        match edit {
            Edit::Flip(at, bit) => {
                let at = place(*at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << (bit % 8);
                }
            }
            Edit::Set(at, new) => {
                let at = place(*at);
                let end = end(at, new.len() as u16);
                bytes[at..end].copy_from_slice(&new[..end - at]);
            }
            Edit::Insert(at, new) => {
                let at = place(*at);
                bytes.splice(at..at, new.iter().copied());
            }
            Edit::Delete(at, count) => {
                let at = place(*at);
                let end = end(at, *count);
                bytes.drain(at..end);
            }
            Edit::Repeat(at, count) => {
                let at = place(*at);
                let part = bytes[at..end(at, *count)].to_vec();
                bytes.splice(at..at, part);
            }
            Edit::Cut(at) => bytes.truncate(place(*at)),
        }
    }
    bytes
}
