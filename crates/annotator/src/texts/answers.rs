//! Prompts and answers as a dataset, and what each step of it is worth to whom.

use super::borda::{BORDA, borda};
use super::context::shares;
use super::options::Texts;
use super::utilities::Utilities;
use crate::SimulationError;
use medley_dataset::{Card, Dataset, DatasetBuilder, Domain, ImportReport};
use medley_random::stream;
use medley_reward_model::Returns;
use rand::RngExt;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// A dataset without feedback, and what its steps are worth.
pub(crate) struct Answers {
    pub dataset: Dataset,
    /// For each context, the worth of each step to it.
    pub by_context: Vec<Vec<f64>>,
}

impl Texts {
    /// The prompts and answers of a seed. True rewards are worths of sentences on the mean over contexts;
    /// [`BORDA`] is metadata of an answer.
    pub(crate) fn draw(&self, returns: Returns, seed: u64) -> Result<Answers, SimulationError> {
        let phrases = self.lexicon.phrases();
        let utilities = Utilities::of(&self.contexts, &phrases);
        let mut builder = DatasetBuilder::new(card());
        let mut drawn: Vec<(String, Vec<usize>)> = Vec::with_capacity(self.prompts * self.answers);
        for prompt in 0..self.prompts {
            let group = format!("t{prompt:04}");
            let rng = &mut stream(seed, &format!("answers to prompt {prompt}"));
            builder.add_group(&group, Some(&question(prompt, rng)), None);
            for (number, answer) in self.choices(phrases.len(), rng).into_iter().enumerate() {
                let id = format!("{group}/{number:02}");
                let said: Vec<&str> = answer.iter().map(|&it| phrases[it].text.as_str()).collect();
                builder.add_text(&id, &group, &said.join(" "));
                builder.add_rewards(&at(&utilities.mean, &answer));
                drawn.push((id, answer));
            }
        }
        let of_answers = |worth: &Vec<f64>| -> Vec<f64> {
            drawn.iter().map(|(_, answer)| total(&at(worth, answer), returns)).collect()
        };
        let worths: Vec<Vec<f64>> = utilities.by_context.iter().map(of_answers).collect();
        for ((id, _), score) in drawn.iter().zip(borda(&worths, &shares(&self.contexts))) {
            builder.add_metadata(id, &[(BORDA, score.into())]);
        }
        let mut report = ImportReport::default();
        report.keep("prompt", self.prompts);
        report.keep("answer", drawn.len());
        builder.card().import = Some(report);
        let steps = |worth: &Vec<f64>| {
            drawn.iter().flat_map(|(_, answer)| at(worth, answer)).collect::<Vec<f64>>()
        };
        let by_context = utilities.by_context.iter().map(steps).collect();
        Ok(Answers { dataset: builder.build()?, by_context })
    }

    /// Sentences of each answer to a prompt: choices that all differ, each in an order that is drawn.
    fn choices(&self, phrases: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
        let mut known: BTreeSet<Vec<usize>> = BTreeSet::new();
        let mut all = Vec::with_capacity(self.answers);
        // There are enough of them (`Texts::check`), each as likely as any other one.
        while all.len() < self.answers {
            let answer = sample(rng, phrases, self.sentences).into_vec();
            let mut sorted = answer.clone();
            sorted.sort_unstable();
            if known.insert(sorted) {
                all.push(answer);
            }
        }
        all
    }
}

fn at(worth: &[f64], answer: &[usize]) -> Vec<f64> {
    answer.iter().map(|&phrase| worth[phrase]).collect()
}

/// What the sentences of an answer come to.
fn total(worths: &[f64], returns: Returns) -> f64 {
    returns.sum_features(&worths.iter().map(|&it| it as f32).collect::<Vec<_>>(), 1)[0]
}

fn card() -> Card {
    let mut card = Card::new("texts", Domain::Text);
    card.source =
        "simulated: answers of sentences that people of hidden contexts see differently".into();
    card
}

/// What is asked.
fn question(number: usize, rng: &mut ChaCha8Rng) -> String {
    let task = TASKS[rng.random_range(0..TASKS.len())];
    format!("Request {}. How do I {task}?", number + 1)
}

const TASKS: [&str; 12] = [
    "descale a kettle",
    "repair a bicycle lamp",
    "clear a blocked sink",
    "paint an old door",
    "open a jammed window",
    "set up a spare telephone",
    "remove a stain of ink",
    "sharpen a kitchen knife",
    "warm up a cold cellar",
    "move a heavy wardrobe",
    "keep wasps off the table",
    "sleep on a night train",
];
