//! What files come in: encodings and packings that are right, odd, broken or hostile.

use crate::rows::told::{check, check_refused, gzip, rows_of, tar};
use crate::{Dialect, Reading, each_row};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn utf_16_is_refused_with_advice() {
    for mark in [[0xff, 0xfe], [0xfe, 0xff]] {
        let mut bytes = mark.to_vec();
        bytes.extend(b"{\0\"\0a\0\"\0:\x001\0}\0");
        let expect = "f: expected UTF-8 text, found UTF-16 text; convert it with `iconv -t UTF-8`";
        check_refused(&bytes, expect);
        check_refused(gzip(&bytes), expect);
    }
    check_refused(b"{\0\"\0a\0\"\0:\x001\0}\0", "found UTF-16 text");
    check_refused(b"\0{\0\"\0a\0\"\0:\x001\0}", "found UTF-16 text");
    check_refused(b"a,b\n1,\0\n", "found binary data");
}

#[test]
fn a_latin_1_byte_is_the_error_of_its_row() {
    check(
        b"{\"a\": 1}\n{\"a\": \"caf\xe9\"}\n{\"a\": 3}\n",
        &[
            "1 {\"a\":1}",
            "! f: line 2: `row` must be UTF-8 text, found another byte at 10",
            "3 {\"a\":3}",
        ],
    );
    check(
        b"a,b\n1,2\n3,caf\xe9\n5,6\n",
        &[
            "2 {\"a\":\"1\",\"b\":\"2\"}",
            "! f: line 3: `b` must be UTF-8 text, found another byte at 3",
            "4 {\"a\":\"5\",\"b\":\"6\"}",
        ],
    );
    check_refused(b"a,caf\xe9\n1,2\n", "expected a header in UTF-8, found caf\u{fffd}");
    check(
        b"[{\"a\": \"caf\xe9\"}, {\"a\": 1}]",
        &["! f: row 1: `row` must be UTF-8 text, found another byte at 10", "2 {\"a\":1}"],
    );
}

#[test]
fn a_byte_order_mark_is_no_content() {
    let marked = |text: &str| format!("\u{feff}{text}");
    for text in ["{\"a\":\"1\"}", "[{\"a\":\"1\"}]"] {
        check(marked(text), &["1 {\"a\":\"1\"}"]);
        check(gzip(marked(text).as_bytes()), &["1 {\"a\":\"1\"}"]);
        check(gzip(&tar(&[("x", marked(text).as_bytes())])), &["1 {\"a\":\"1\"}"]);
    }
    check(marked("a\tb\n1\t2\n"), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check(marked("\"a\",b\n1,2\n"), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
}

#[test]
fn packed_members_that_follow_each_other_are_one_file() {
    check([gzip(b"a,b\n1,"), gzip(b"2\n")].concat(), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
}

#[test]
fn a_zip_bomb_is_refused_in_time() {
    // 1 GiB of text in 64 members, each packed about 1,000 times.
    let line = format!("{}\n", "0".repeat(4095));
    let member = gzip(line.repeat(1 << 12).as_bytes());
    let bomb = member.repeat(64);
    assert!(bomb.len() < 8 << 20, "{} bytes", bomb.len());
    let start = Instant::now();
    check_refused(&bomb, "beyond 268435456 bytes and 200 times; a zip bomb?");
    let archive = tar(&[("x", &vec![b'0'; 64 << 20])]);
    let reading = Reading { unpacked_bytes: 1 << 20, ..Reading::default() };
    let message = rows_of(&gzip(&archive), Dialect::Quoted, &reading).unwrap_err();
    assert!(message.contains("a zip bomb?"), "{message}");
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn text_beyond_the_limit_that_packs_like_text_is_read() {
    let mut state = 1u64;
    let noise = (0..1 << 16).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{{\"a\":{}}}\n", state >> 33)
    });
    let reading = Reading { unpacked_bytes: 1 << 10, ..Reading::default() };
    let packed = gzip(noise.collect::<String>().as_bytes());
    assert_eq!(rows_of(&packed, Dialect::Quoted, &reading).unwrap().len(), 1 << 16);
}

#[test]
fn a_gzip_file_that_ends_early_is_damaged() {
    let packed = gzip("{\"a\": 1}\n".repeat(10_000).as_bytes());
    for end in [3, 11, packed.len() / 2, packed.len() - 9, packed.len() - 1] {
        check_refused(&packed[..end], "f: damaged file: it ends in the middle");
    }
    let mut flipped = packed;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    check_refused(&flipped, "f: damaged");
}

#[test]
fn zstd_xz_and_bzip2_are_unpacked_and_limited() {
    let text = b"{\"a\":1}\n{\"a\":2}\n";
    let (one, other) = ("1 {\"a\":1}", "2 {\"a\":2}");
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 19).unwrap();
    let bzip2 = |bytes: &[u8]| {
        let mut packed = Vec::new();
        let level = bzip2::Compression::best();
        bzip2::bufread::BzEncoder::new(bytes, level).read_to_end(&mut packed).unwrap();
        packed
    };
    for packed in [zstd(text), bzip2(text)] {
        check(&packed, &[one, other]);
        check([&packed[..], &packed].concat(), &[one, other, "3 {\"a\":1}", "4 {\"a\":2}"]);
        check(tar(&[("x", &packed)]), &[one, other]);
        for end in [6, packed.len() / 2, packed.len() - 1] {
            check_refused(&packed[..end], "f: damaged file: ");
        }
    }
    // Two streams, one after the other, by Python's `lzma`.
    let xz = include_bytes!("../../fixtures/packed/rows.jsonl.xz");
    check(xz, &[one, other, "3 {\"a\":3}"]);
    check_refused(&xz[..40], "f: damaged file: ");
    let mut flipped = xz.to_vec();
    flipped[30] ^= 1;
    check_refused(flipped, "f: damaged file: ");
    let zeros = vec![b'0'; 4 << 20];
    let bombs =
        [zstd(&zeros), bzip2(&zeros), include_bytes!("../../fixtures/packed/zeros.xz").to_vec()];
    for bomb in bombs {
        let reading = Reading { unpacked_bytes: 1 << 20, ..Reading::default() };
        let message = rows_of(&bomb, Dialect::Quoted, &reading).unwrap_err();
        assert!(message.contains("a zip bomb?"), "{message}");
    }
}

#[test]
fn an_archive_has_one_file_within() {
    let text = b"a,b\n1,2\n";
    check(gzip(&tar(&[("data/x.csv", text)])), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check(gzip(&tar(&[("./x.csv", text)])), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    let two = gzip(&tar(&[("x", text), ("y", text)]));
    check_refused(
        &two,
        "f: expected an archive of one file, or the name of one as `member` (`--member`), found `x`, \
         `y`",
    );
    let of = |member| {
        let reading = Reading { member: Some(member), ..Reading::default() };
        rows_of(&two, Dialect::Quoted, &reading)
    };
    assert_eq!(of("y").unwrap(), ["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    assert_eq!(of("z").unwrap_err(), "f: expected `z` in the archive, found `x`, `y`");
    check(tar(&[("._x", b"\0"), ("x", text)]), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check(tar(&[("x.gz", &gzip(text))]), &["2 {\"a\":\"1\",\"b\":\"2\"}"]);
    check_refused(gzip(&tar(&[("../x", text)])), "expected members within the archive, found ../x");
    check_refused(gzip(&tar(&[("/x", text)])), "expected members within the archive, found /x");
    let mut cut = tar(&[("x", &[b'a'; 4096])]);
    cut.truncate(2048);
    check_refused(gzip(&cut), "f: damaged file: ");
}

#[test]
fn what_is_no_source_is_named() {
    check_refused("", "f: expected rows, found an empty file");
    check_refused(gzip(b""), "f: expected rows, found an empty file");
    check_refused(" \n\n \n", "f: expected rows, found an empty file");
    check_refused(
        "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 3\n",
        "found a Git LFS pointer; fetch the file itself with `git lfs pull`",
    );
    check_refused(b"PK\x03\x04rest", "found a zip archive");
    check_refused(gzip(&gzip(b"a,b\n")), "found a packing within another");
    check_refused(tar(&[("x", &tar(&[("x", b"a,b\n1,2\n")]))]), "found binary data");
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &Path| {
        each_row(path, Dialect::Quoted, &Reading::default(), &mut |_| Ok(())).unwrap_err()
    };
    let message = read(folder.path()).to_string();
    assert!(message.ends_with("expected a file, found a folder"), "{message}");
    let message = read(&folder.path().join("none")).to_string();
    assert!(message.contains("none: cannot read: "), "{message}");
}

#[test]
fn long_texts_are_whole() {
    let long = "é".repeat(100_000);
    check(format!("{{\"a\":\"{long}\"}}"), &[&format!("1 {{\"a\":\"{long}\"}}")]);
    check(format!("[{{\"a\":\"{long}\"}}]"), &[&format!("1 {{\"a\":\"{long}\"}}")]);
    let fields = format!("2 {{\"a\":\"{long}\",\"b\":\"1\"}}");
    check(format!("a,b\n{long},1\n"), &[&fields]);
    check(gzip(&tar(&[("x", format!("a,b\n{long},1\n").as_bytes())])), &[&fields]);
    check(format!("a{long},b\n1,2\n"), &[&format!("2 {{\"a{long}\":\"1\",\"b\":\"2\"}}")]);
}
