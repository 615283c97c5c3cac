//! A folder of sentence-transformers: which files it has, and what they say about the model.

use medley_encoder::EncodeError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What has to be known to run the model.
#[derive(Debug)]
pub(crate) struct Folder {
    pub path: PathBuf,
    pub config: Config,
    pub pooling: Pooling,
    /// Whether vectors are brought to length 1.
    pub normalize: bool,
    /// Tokens that the model was made for, with those at the ends.
    pub max_tokens: usize,
    /// Whether texts are in lower case before they are cut into tokens.
    pub lowercase: bool,
    /// Hash of all files.
    pub fingerprint: String,
}

/// `config.json`, as far as it matters.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Config {
    model_type: String,
    pub vocab_size: usize,
    pub hidden_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub intermediate_size: usize,
    hidden_act: String,
    pub layer_norm_eps: f64,
    pub max_position_embeddings: usize,
    pub type_vocab_size: usize,
    #[serde(default)]
    position_embedding_type: Option<String>,
}

/// How the vectors of tokens become one of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pooling {
    /// Their mean, those at the ends included.
    Mean,
    /// The first one.
    First,
}

#[derive(Debug, Deserialize)]
struct Module {
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct Limits {
    max_seq_length: Option<usize>,
    #[serde(default)]
    do_lower_case: bool,
}

pub(crate) const WEIGHTS: &str = "model.safetensors";
pub(crate) const TOKENIZER: &str = "tokenizer.json";
const CONFIG: &str = "config.json";
const MODULES: &str = "modules.json";
const LIMITS: &str = "sentence_bert_config.json";

impl Folder {
    /// Reads everything but the weights and the vocabulary. A folder without `modules.json` is a
    /// bare BERT: the mean over tokens, as sentence-transformers takes it.
    pub fn open(path: &Path) -> Result<Self, EncodeError> {
        let config: Config = read(&path.join(CONFIG))?;
        config.check(&path.join(CONFIG))?;
        let (mut files, mut pooling, mut normalize) = (Vec::new(), Pooling::Mean, false);
        if let Some(modules) = optional::<Vec<Module>>(&path.join(MODULES))? {
            files.push(MODULES.to_owned());
            let kinds: Vec<&str> = modules.iter().map(Module::name).collect();
            normalize = match kinds[..] {
                ["Transformer", "Pooling"] => false,
                ["Transformer", "Pooling", "Normalize"] => true,
                _ => {
                    let expected = "Transformer, Pooling and perhaps Normalize";
                    let file = path.join(MODULES);
                    return Err(EncodeError::file(&file, "modules", expected, kinds.join(", ")));
                }
            };
            let name = format!("{}/config.json", modules[1].path);
            pooling = read_pooling(&path.join(&name))?;
            files.push(name);
        }
        let limits = optional::<Limits>(&path.join(LIMITS))?;
        files.extend(limits.is_some().then(|| LIMITS.to_owned()));
        let limits = limits.unwrap_or(Limits { max_seq_length: None, do_lower_case: false });
        files.extend([CONFIG, WEIGHTS, TOKENIZER].map(str::to_owned));
        files.sort();
        let most = config.max_position_embeddings;
        Ok(Self {
            path: path.to_owned(),
            pooling,
            normalize,
            max_tokens: limits.max_seq_length.unwrap_or(most).min(most),
            lowercase: limits.do_lower_case,
            fingerprint: fingerprint(path, &files)?,
            config,
        })
    }
}

impl Module {
    /// Last part of the name of its class in Python.
    fn name(&self) -> &str {
        self.kind.rsplit('.').next().unwrap_or_default()
    }
}

impl Config {
    fn check(&self, file: &Path) -> Result<(), EncodeError> {
        let position = self.position_embedding_type.as_deref().unwrap_or("absolute");
        for (place, expected, found) in [
            ("`model_type`", "bert", self.model_type.as_str()),
            ("`hidden_act`", "gelu", &self.hidden_act),
            ("`position_embedding_type`", "absolute", position),
        ] {
            if found != expected {
                return Err(EncodeError::file(file, place, format!("`{expected}`"), found));
            }
        }
        let heads = self.num_attention_heads;
        if heads == 0 || self.hidden_size == 0 || !self.hidden_size.is_multiple_of(heads) {
            let expected = format!("a multiple of `num_attention_heads`, {heads}");
            let found = self.hidden_size.to_string();
            return Err(EncodeError::file(file, "`hidden_size`", expected, found));
        }
        Ok(())
    }
}

/// The one mode that is on.
fn read_pooling(file: &Path) -> Result<Pooling, EncodeError> {
    let modes: serde_json::Map<String, serde_json::Value> = read(file)?;
    let is_on = |(name, value): (&String, &serde_json::Value)| {
        let name = name.strip_prefix("pooling_mode_")?;
        (value == &serde_json::Value::Bool(true)).then(|| name.to_owned())
    };
    let mut on: Vec<String> = modes.iter().filter_map(is_on).collect();
    on.extend(modes.get("pooling_mode").and_then(|mode| mode.as_str()).map(str::to_owned));
    match &on.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["mean_tokens" | "mean"] => Ok(Pooling::Mean),
        ["cls_token" | "cls"] => Ok(Pooling::First),
        _ => {
            let found = if on.is_empty() { "none".to_owned() } else { on.join(", ") };
            Err(EncodeError::file(file, "mode of pooling", "mean_tokens or cls_token", found))
        }
    }
}

fn read<T: DeserializeOwned>(file: &Path) -> Result<T, EncodeError> {
    let text = fs::read_to_string(file).map_err(EncodeError::io(file, "read"))?;
    serde_json::from_str(&text).map_err(|error| {
        EncodeError::file(file, "content", "that of a BERT model", error.to_string())
    })
}

fn optional<T: DeserializeOwned>(file: &Path) -> Result<Option<T>, EncodeError> {
    if file.exists() { read(file).map(Some) } else { Ok(None) }
}

fn fingerprint(path: &Path, files: &[String]) -> Result<String, EncodeError> {
    let mut whole = blake3::Hasher::new();
    for name in files {
        let file = path.join(name);
        let mut hasher = blake3::Hasher::new();
        File::open(&file)
            .and_then(|open| hasher.update_reader(open).map(|_| ()))
            .map_err(EncodeError::io(&file, "read"))?;
        whole.update(name.as_bytes());
        whole.update(b"\n");
        whole.update(hasher.finalize().as_bytes());
    }
    Ok(whole.finalize().to_hex().to_string())
}
