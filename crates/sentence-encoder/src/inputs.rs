//! What the model is asked to read for each row of features.

use crate::cache::{Key, key};
use crate::tokenizer::Tokenizer;
use medley_dataset::{Dataset, sentences};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// What has a vector of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Each sentence.
    #[default]
    Step,
    /// The whole text, as one row. Feedback about single sentences cannot use it.
    Segment,
}

/// What is done with the prompt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prompt {
    /// Nothing.
    #[default]
    None,
    /// It is read before the text as one with it. Where both are too long, the start of the prompt
    /// is left out.
    Prepend,
    /// Its own vector stands before that of the text: twice as many features. Zeros where there is
    /// no prompt.
    Beside,
    /// The vector of a text stands beside what it has in common with that of the prompt, or with the
    /// mean of the context's sentences where there is no prompt, and with that of the context's sentence
    /// that is closest to it: products and absolute differences, five times as many features. Zeros
    /// where there is nothing to compare with.
    Related,
}

/// What a row of features is made of: texts by their place among the distinct ones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Row {
    /// Vectors side by side; none is a vector of zeros.
    Beside(Vec<Option<usize>>),
    /// A text, its prompt and the sentences of its context.
    Related {
        /// The text.
        text: usize,
        /// The prompt, if there is one.
        prompt: Option<usize>,
        /// Sentences of the context, the same for all rows of a segment.
        context: Rc<[usize]>,
    },
}

/// The texts of a dataset as tokens, each distinct one once.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// Tokens, with those at the ends.
    pub texts: Vec<Vec<u32>>,
    pub keys: Vec<Key>,
    /// What each row is made of.
    pub rows: Vec<Row>,
    /// Rows of each segment.
    pub windows: Vec<Range<usize>>,
    /// What was cut off, and what was missing.
    pub notes: Vec<String>,
}

/// How texts are read.
pub(crate) struct Reading<'a> {
    pub tokenizer: &'a Tokenizer,
    pub unit: Unit,
    pub prompt: Prompt,
    /// With those at the ends.
    pub max_tokens: usize,
    pub lowercase: bool,
}

impl Reading<'_> {
    /// The inputs for all segments.
    pub fn of(&self, dataset: &Dataset) -> Inputs {
        let mut collected = Collected {
            reading: self,
            inputs: Inputs::default(),
            known: HashMap::new(),
            count: Count::default(),
        };
        let segments = dataset.segments();
        for segment in 0..segments.len() {
            let prompt = self.prompt_of(dataset, segment);
            collected.count.no_prompt += usize::from(prompt.is_none());
            let prompt = prompt.unwrap_or_default();
            let context = collected.context(dataset, segment);
            let start = collected.inputs.rows.len();
            match self.unit {
                Unit::Segment => {
                    let text = segments.text(segment).unwrap_or_default();
                    collected.row(&prompt, &context, text);
                }
                Unit::Step => segments.steps(segment).for_each(|step| {
                    let text = segments.step_text(step).unwrap_or_default();
                    collected.row(&prompt, &context, text);
                }),
            }
            collected.inputs.windows.push(start..collected.inputs.rows.len());
        }
        collected.finish(segments.len())
    }

    /// Tokens of the prompts of a segment's groups, one after the other.
    fn prompt_of(&self, dataset: &Dataset, segment: usize) -> Option<Vec<u32>> {
        if self.prompt == Prompt::None {
            return None;
        }
        let groups = dataset.segments().groups(segment).iter().map(|&group| group as usize);
        let prompts = groups.filter_map(|group| dataset.groups().prompt(group));
        let tokens: Vec<u32> = prompts.flat_map(|prompt| self.tokens(prompt)).collect();
        (!tokens.is_empty()).then_some(tokens)
    }

    fn tokens(&self, text: &str) -> Vec<u32> {
        match self.lowercase {
            true => self.tokenizer.tokens(&text.to_lowercase()),
            false => self.tokenizer.tokens(text),
        }
    }

    /// Tokens that a text may have.
    fn room(&self) -> usize {
        self.max_tokens - 2
    }
}

#[derive(Default)]
struct Count {
    texts_cut: usize,
    prompts_cut: usize,
    no_prompt: usize,
    no_context: usize,
    contexts_cut: usize,
}

struct Collected<'a> {
    reading: &'a Reading<'a>,
    inputs: Inputs,
    known: HashMap<Key, usize>,
    count: Count,
}

impl Collected<'_> {
    /// Adds the row of a text.
    fn row(&mut self, prompt: &[u32], context: &Rc<[usize]>, text: &str) {
        let room = self.reading.room();
        let mut tokens = self.reading.tokens(text);
        self.count.texts_cut += usize::from(tokens.len() > room);
        tokens.truncate(room);
        // The end of a prompt is next to the answer and often holds the question.
        let left = match self.reading.prompt {
            Prompt::None => 0,
            Prompt::Prepend => room - tokens.len(),
            Prompt::Beside | Prompt::Related => room,
        };
        let kept = &prompt[prompt.len().saturating_sub(left)..];
        self.count.prompts_cut += usize::from(kept.len() < prompt.len());
        let row = match self.reading.prompt {
            Prompt::None => Row::Beside(vec![Some(self.input(&[], &tokens))]),
            Prompt::Prepend => Row::Beside(vec![Some(self.input(kept, &tokens))]),
            Prompt::Beside => {
                let beside = (!kept.is_empty()).then(|| self.input(&[], kept));
                Row::Beside(vec![beside, Some(self.input(&[], &tokens))])
            }
            Prompt::Related => {
                let prompt = (!kept.is_empty()).then(|| self.input(&[], kept));
                Row::Related { prompt, text: self.input(&[], &tokens), context: context.clone() }
            }
        };
        self.inputs.rows.push(row);
    }

    /// Places of the sentences of a segment's contexts, if anything is compared with them.
    fn context(&mut self, dataset: &Dataset, segment: usize) -> Rc<[usize]> {
        if self.reading.prompt != Prompt::Related {
            return Rc::from([]);
        }
        let groups = dataset.segments().groups(segment).iter().map(|&group| group as usize);
        let contexts = groups.filter_map(|group| dataset.groups().context(group));
        let mut places = Vec::new();
        for sentence in contexts.flat_map(sentences) {
            let mut tokens = self.reading.tokens(sentence.text);
            self.count.contexts_cut += usize::from(tokens.len() > self.reading.room());
            tokens.truncate(self.reading.room());
            if !tokens.is_empty() {
                places.push(self.input(&[], &tokens));
            }
        }
        self.count.no_context += usize::from(places.is_empty());
        Rc::from(places)
    }

    /// Place of a text among the distinct ones.
    fn input(&mut self, before: &[u32], tokens: &[u32]) -> usize {
        let tokenizer = self.reading.tokenizer;
        let ends = ([tokenizer.first], [tokenizer.last]);
        let whole = [&ends.0[..], before, tokens, &ends.1].concat();
        let key = key(&whole);
        *self.known.entry(key).or_insert_with(|| {
            self.inputs.texts.push(whole);
            self.inputs.keys.push(key);
            self.inputs.texts.len() - 1
        })
    }

    fn finish(self, segments: usize) -> Inputs {
        let Self { reading, mut inputs, count, .. } = self;
        let (rows, most) = (inputs.rows.len(), reading.max_tokens);
        if count.texts_cut > 0 {
            let cut = count.texts_cut;
            inputs.notes.push(format!("{cut} of {rows} texts were cut at {most} tokens"));
        }
        if count.prompts_cut > 0 {
            let cut = count.prompts_cut;
            inputs.notes.push(format!(
                "{cut} of {rows} texts lack the start of their prompt, which exceeds {most} tokens"
            ));
        }
        if count.no_prompt > 0 && reading.prompt != Prompt::None {
            inputs.notes.push(format!("{} of {segments} segments have no prompt", count.no_prompt));
        }
        if count.contexts_cut > 0 {
            let cut = count.contexts_cut;
            inputs.notes.push(format!("{cut} sentences of contexts were cut at {most} tokens"));
        }
        if count.no_context > 0 {
            inputs
                .notes
                .push(format!("{} of {segments} segments have no context", count.no_context));
        }
        inputs
    }
}
