//! Encoder `sentence`: the vector that a sentence encoder gives a text.

use crate::bert::Bert;
use crate::cache::Cache;
use crate::embed::embed;
use crate::folder::{Folder, TOKENIZER, WEIGHTS};
use crate::inputs::{Inputs, Prompt, Reading, Unit};
use crate::related::{RELATED, values_of};
use crate::tokenizer::Tokenizer;
use medley_dataset::{Budget, Dataset, Domain, ValuesWriter};
use medley_encoder::{EncodeError, Encoder, Features};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use std::path::{Path, PathBuf};

/// A sentence encoder of the BERT family in a local folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sentence {
    /// Folder of the model, relative to the working directory: `config.json`, `model.safetensors`,
    /// `tokenizer.json`, and `modules.json` with the pooling if it has them.
    pub model: PathBuf,
    /// What has a vector of its own.
    #[serde(default)]
    pub unit: Unit,
    /// What is done with the prompt.
    #[serde(default)]
    pub prompt: Prompt,
    /// Tokens after which a text is cut, with those at its ends; left out, as many as the model
    /// was made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<usize>,
    /// Texts that are computed at a time, at most.
    #[serde(default = "default_batch_size")]
    pub batch_size: usize,
    /// Folder of vectors that were computed before, relative to the working directory. No option of
    /// the encoder: an experiment sets it under `[execution]`. Models of version 0.1.0 have it beside
    /// the options, and it is read over there.
    #[serde(skip_serializing, default = "default_cache", deserialize_with = "of_an_old_model")]
    pub cache: PathBuf,
}

const NAME: &str = "sentence";

/// Texts between two writings of the cache: what a killed process loses at most.
const TEXTS_BETWEEN_SAVES: usize = 1 << 16;

fn default_batch_size() -> usize {
    32
}

fn default_cache() -> PathBuf {
    PathBuf::from("runs/.embeddings")
}

/// What an old model says of the cache names a folder of whoever trained it.
fn of_an_old_model<'de, D: Deserializer<'de>>(written: D) -> Result<PathBuf, D::Error> {
    IgnoredAny::deserialize(written)?;
    Ok(default_cache())
}

#[typetag::serde(name = "sentence")]
impl Encoder for Sentence {
    fn encode_within(&self, dataset: &Dataset, budget: Budget) -> Result<Features, EncodeError> {
        self.check(dataset)?;
        let folder = Folder::open(&self.model)?;
        let tokenizer = Tokenizer::read(&self.model.join(TOKENIZER), folder.config.vocab_size)?;
        let reading = Reading {
            tokenizer: &tokenizer,
            unit: self.unit,
            prompt: self.prompt,
            max_tokens: self.limit(&folder)?,
            lowercase: folder.lowercase,
        };
        let mut inputs = reading.of(dataset);
        let width = folder.config.hidden_size;
        let (mut cache, note) = Cache::open(&self.cache, &folder.fingerprint, width, budget);
        inputs.notes.extend(note);
        self.compute(&folder, &inputs, &mut cache)?;

        let mut writer = ValuesWriter::within(budget.feature_bytes);
        for row in &inputs.rows {
            let vector = |text: usize| cache.get(&inputs.keys[text]);
            writer
                .push(&values_of(row, width, &vector))
                .map_err(EncodeError::io(&self.model, "copy features to a temporary file"))?;
        }
        let values = writer
            .finish()
            .map_err(EncodeError::io(&self.model, "copy features to a temporary file"))?;
        Ok(Features::new(self.names(width), values, inputs.windows).with_notes(inputs.notes))
    }

    fn fingerprint(&self) -> Result<Option<String>, EncodeError> {
        let folder = Folder::open(&self.model)?;
        let (unit, prompt, most) = (self.unit, self.prompt, self.limit(&folder)?);
        let text = format!("{} {unit:?} {prompt:?} {most}", folder.fingerprint);
        Ok(Some(blake3::hash(text.as_bytes()).to_hex().to_string()))
    }

    fn cached_in(&mut self, folder: &Path) {
        self.cache = folder.to_owned();
    }

    fn summary(&self) -> &'static str {
        "vectors of a BERT-family sentence encoder in a local folder (text)"
    }
}

impl Sentence {
    /// With default options.
    pub fn new(model: impl Into<PathBuf>) -> Self {
        Self {
            model: model.into(),
            unit: Unit::default(),
            prompt: Prompt::default(),
            max_tokens: None,
            batch_size: default_batch_size(),
            cache: default_cache(),
        }
    }

    fn check(&self, dataset: &Dataset) -> Result<(), EncodeError> {
        if dataset.card.domain != Domain::Text {
            return Err(EncodeError::Domain {
                encoder: NAME,
                needed: "sentences",
                dataset: dataset.card.name.clone(),
                found: dataset.card.domain,
            });
        }
        if self.batch_size == 0 {
            return Err(EncodeError::Option {
                encoder: NAME,
                option: "batch-size",
                expected: "at least 1",
                found: "0".to_owned(),
            });
        }
        Ok(())
    }

    /// Tokens of a text at most, with those at its ends.
    fn limit(&self, folder: &Folder) -> Result<usize, EncodeError> {
        let most = folder.config.max_position_embeddings;
        match self.max_tokens.unwrap_or(folder.max_tokens) {
            limit if (3..=most).contains(&limit) => Ok(limit),
            limit => Err(EncodeError::Option {
                encoder: NAME,
                option: "max-tokens",
                expected: "at least 3 and at most the model's `max_position_embeddings`",
                found: format!("{limit} (the model has {most})"),
            }),
        }
    }

    /// Fills the cache with what it lacks.
    fn compute(
        &self,
        folder: &Folder,
        inputs: &Inputs,
        cache: &mut Cache,
    ) -> Result<(), EncodeError> {
        let mut missing: Vec<usize> =
            (0..inputs.texts.len()).filter(|&i| !cache.has(&inputs.keys[i])).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let bert = Bert::load(folder)?;
        missing.sort_by_key(|&i| inputs.texts[i].len());
        for round in missing.chunks(TEXTS_BETWEEN_SAVES) {
            let texts: Vec<&[u32]> = round.iter().map(|&i| inputs.texts[i].as_slice()).collect();
            let mut broken = None;
            embed(&bert, &texts, self.batch_size, |place, vector| {
                broken = broken.or(vector.iter().copied().find(|value| !value.is_finite()));
                cache.insert(inputs.keys[round[place]], vector);
            });
            if let Some(value) = broken {
                let file = folder.path.join(WEIGHTS);
                let found = value.to_string();
                return Err(EncodeError::file(&file, "vector of a text", "finite", found));
            }
            cache.save()?;
        }
        Ok(())
    }

    fn names(&self, width: usize) -> Vec<String> {
        let named = |name: &'static str| (0..width).map(move |i| format!("{name}-{i}"));
        match self.prompt {
            Prompt::Beside => named("prompt").chain(named("embedding")).collect(),
            Prompt::None | Prompt::Prepend => named("embedding").collect(),
            Prompt::Related => RELATED.into_iter().flat_map(named).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a run of version 0.1.0 wrote it into model.toml, which was then refused: "unknown field
    /// `cache`".
    #[test]
    fn the_cache_of_an_old_model_is_read_over() {
        #[derive(Deserialize)]
        struct Model {
            encoder: Box<dyn Encoder>,
        }
        let old = "[encoder.sentence]\nmodel = \"target/minilm\"\nunit = \"step\"\n\
                   prompt = \"none\"\nbatch-size = 32\ncache = \"runs/of-another\"\n";
        let model: Model = toml::from_str(old).unwrap();
        assert_eq!(format!("{:?}", model.encoder), format!("{:?}", Sentence::new("target/minilm")));
        let written = toml::to_string(&Sentence::new("m")).unwrap();
        assert!(!written.contains("cache"), "{written}");
        let unknown = toml::from_str::<Sentence>("model = \"m\"\ncash = 1").unwrap_err();
        assert!(unknown.message().contains("unknown field `cash`"), "{unknown}");
    }
}
