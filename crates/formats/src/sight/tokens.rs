//! Which files hold tags for the words of which others, by the numbers of both in each line?

use std::collections::BTreeMap;

/// Different words up to which they are counted: word tags are of a few kinds.
const MOST_TAGS: usize = 24;

/// Whether a file of lines may hold tags for the words of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Tags {
    /// Column of the tags.
    pub tags: String,
    /// Column of the text.
    pub text: String,
    /// Whether there are 2n + 1 tags for n words, of gaps too.
    pub with_gaps: bool,
    /// Lines in which there are so many.
    pub fitting: u64,
    /// The first line with another number: its number, that of its tags, and that of its words.
    pub first_off: Option<[u64; 3]>,
}

/// The words of a column, apart by white space.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// How often each occurs, if they are few.
    pub counts: Option<BTreeMap<String, u64>>,
    /// How many there are in all.
    pub all: u64,
    /// Lines that have any.
    pub lines: u64,
}

/// Words of columns, line by line.
pub(super) struct Tokens {
    names: Vec<String>,
    words: Vec<Words>,
    /// For each two columns, and for words alone and with gaps: lines that fit, and the first that does not.
    pairs: Vec<[(u64, Option<[u64; 3]>); 2]>,
}

impl Tokens {
    pub fn new(names: Vec<String>) -> Self {
        let words = Words { counts: Some(BTreeMap::new()), ..Words::default() };
        let (words, pairs) =
            (vec![words; names.len()], vec![Default::default(); names.len() * names.len()]);
        Self { names, words, pairs }
    }

    /// The next line of each column.
    pub fn line(&mut self, number: u64, texts: &[&str]) {
        let counts: Vec<u64> =
            texts.iter().zip(&mut self.words).map(|(text, words)| words.add(text)).collect();
        for (tags, &found) in counts.iter().enumerate() {
            for (text, &words) in counts.iter().enumerate() {
                // A text without words says nothing of its tags.
                if tags == text || words == 0 {
                    continue;
                }
                let pair = &mut self.pairs[tags * counts.len() + text];
                for (place, expected) in pair.iter_mut().zip([words, 2 * words + 1]) {
                    match found == expected {
                        true => place.0 += 1,
                        false => _ = place.1.get_or_insert([number, found, words]),
                    }
                }
            }
        }
    }

    /// What each two columns may be to each other, and the words of each.
    pub fn finish(self) -> (Vec<Tags>, BTreeMap<String, Words>) {
        let Self { names, words, pairs } = self;
        let mut found = Vec::new();
        for (tags, tag_name) in names.iter().enumerate() {
            for (text, text_name) in names.iter().enumerate().filter(|(text, _)| *text != tags) {
                let pair = pairs[tags * names.len() + text];
                for (with_gaps, (fitting, first_off)) in [false, true].into_iter().zip(pair) {
                    let (tags, text) = (tag_name.clone(), text_name.clone());
                    found.push(Tags { tags, text, with_gaps, fitting, first_off });
                }
            }
        }
        (found, names.into_iter().zip(words).collect())
    }
}

impl Words {
    /// How many words the text has.
    fn add(&mut self, text: &str) -> u64 {
        let mut count = 0;
        for word in text.split_whitespace() {
            count += 1;
            let Some(counts) = &mut self.counts else { continue };
            if let Some(count) = counts.get_mut(word) {
                *count += 1;
            } else if counts.len() < MOST_TAGS {
                counts.insert(word.to_owned(), 1);
            } else {
                self.counts = None;
            }
        }
        self.all += count;
        self.lines += u64::from(count > 0);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_tags_are_those_of_words_or_of_words_and_gaps() {
        let mut tokens = Tokens::new(vec!["mt".into(), "tags".into()]);
        tokens.line(1, &["a b", "OK OK BAD OK OK"]);
        tokens.line(2, &["a b c", "OK BAD OK"]);
        tokens.line(3, &["", "OK"]);
        tokens.line(4, &["a", "OK OK OK"]);
        let (found, words) = tokens.finish();
        let of = |with_gaps| {
            let is_it = |it: &&Tags| it.tags == "tags" && it.with_gaps == with_gaps;
            let it = found.iter().find(is_it).unwrap();
            (it.fitting, it.first_off)
        };
        assert_eq!(of(false), (1, Some([1, 5, 2])));
        assert_eq!(of(true), (2, Some([2, 3, 3])));
        let tags = &words["tags"];
        let expect = BTreeMap::from([("BAD".to_owned(), 2), ("OK".to_owned(), 10)]);
        assert_eq!((tags.counts.as_ref(), tags.all, tags.lines), (Some(&expect), 12, 4));
        assert_eq!((words["mt"].all, words["mt"].lines), (6, 3));
    }

    #[test]
    fn words_of_many_kinds_are_no_tags() {
        let mut tokens = Tokens::new(vec!["mt".into()]);
        let text: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        tokens.line(1, &[&text.join(" ")]);
        assert_eq!(tokens.finish().1["mt"].counts, None);
    }
}
