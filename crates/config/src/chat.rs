//! The language model behind the assistant.

use std::fmt;

use crate::{Group, Setting, env::Env};

/// Who serves the language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelProvider {
    /// Google (Gemini).
    Google,
    /// OpenAI, or a server with the same protocol.
    OpenAi,
    /// Anthropic (Claude).
    Anthropic,
    /// Ollama.
    Ollama,
}

/// The language model behind the assistant.
#[derive(Clone)]
pub struct ChatConfig {
    /// Who serves it.
    pub provider: ModelProvider,
    /// Its name.
    pub model: String,
    /// How freely it chooses words.
    pub temperature: f64,
    /// The key for it.
    pub key: Option<String>,
    /// The address of its server; `None` is the provider's own.
    pub address: Option<String>,
}

/// The key is secret.
impl fmt::Debug for ChatConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {:?}", self.model, self.provider)
    }
}

static PROVIDER: Setting = Setting::new(
    "MODEL_PROVIDER",
    "who serves the language model of the chat: `google`, `openai`, `anthropic` or `ollama`; without it, Google if \
     GOOGLE_API_KEY is set, and otherwise there is no chat",
);
static NAME: Setting = Setting::new(
    "MODEL_NAME",
    "name of the language model, such as `gemini-2.5-flash`, the default for Google",
);
static TEMPERATURE: Setting = Setting::new(
    "MODEL_TEMPERATURE",
    "how freely the model chooses words, from 0 to 2",
)
.or("0.7");
static GOOGLE_KEY: Setting = Setting::new("GOOGLE_API_KEY", "key for Google's models");
static OPENAI_KEY: Setting = Setting::new(
    "OPENAI_API_KEY",
    "key for OpenAI's models, or for the server at OPENAI_BASE_URL",
);
static OPENAI_ADDRESS: Setting = Setting::new(
    "OPENAI_BASE_URL",
    "address of a server with OpenAI's protocol, such as `http://127.0.0.1:8000/v1`",
);
static ANTHROPIC_KEY: Setting = Setting::new("ANTHROPIC_API_KEY", "key for Anthropic's models");
static OLLAMA: Setting =
    Setting::new("OLLAMA_HOST", "address of Ollama").or("http://127.0.0.1:11434");

pub(crate) const GROUP: Group = Group {
    title: "Chat",
    settings: &[
        &PROVIDER,
        &NAME,
        &TEMPERATURE,
        &GOOGLE_KEY,
        &OPENAI_KEY,
        &OPENAI_ADDRESS,
        &ANTHROPIC_KEY,
        &OLLAMA,
    ],
};

/// The settings whose values are secret.
pub(crate) const KEYS: [&Setting; 3] = [&GOOGLE_KEY, &OPENAI_KEY, &ANTHROPIC_KEY];

const PROVIDERS: [&str; 4] = ["google", "openai", "anthropic", "ollama"];
/// The model that the Go service used.
const GOOGLE_MODEL: &str = "gemini-2.5-flash";

impl ChatConfig {
    /// Reads the settings. `None` if there is no chat.
    pub(crate) fn read(env: &mut Env<'_>) -> Option<Self> {
        env.one_of(&PROVIDER, &PROVIDERS);
        let named = env.get(&PROVIDER);
        let google_key = env.get(&GOOGLE_KEY);
        let provider = match named.as_deref() {
            Some("google") => ModelProvider::Google,
            Some("openai") => ModelProvider::OpenAi,
            Some("anthropic") => ModelProvider::Anthropic,
            Some("ollama") => ModelProvider::Ollama,
            Some(_) => return None,
            None if google_key.is_some() => ModelProvider::Google,
            None => return None,
        };
        let temperature = env.parse_or(&TEMPERATURE, "a number from 0 to 2", 0.7);
        if !(0.0..=2.0).contains(&temperature) {
            let problem = "MODEL_TEMPERATURE must be a number from 0 to 2.";
            env.problems.push(problem.to_owned());
        }
        let (key, address) = match provider {
            ModelProvider::Google => (google_key, None),
            ModelProvider::OpenAi => (env.get(&OPENAI_KEY), env.get(&OPENAI_ADDRESS)),
            ModelProvider::Anthropic => (env.get(&ANTHROPIC_KEY), None),
            ModelProvider::Ollama => (None, env.text(&OLLAMA)),
        };
        let needed = match provider {
            ModelProvider::Google => Some(&GOOGLE_KEY),
            ModelProvider::OpenAi if address.is_none() => Some(&OPENAI_KEY),
            ModelProvider::Anthropic => Some(&ANTHROPIC_KEY),
            ModelProvider::OpenAi | ModelProvider::Ollama => None,
        };
        if let (None, Some(needed)) = (&key, needed) {
            let (provider, needed) = (named.unwrap_or_default(), &needed.name);
            env.problems.push(format!(
                "MODEL_PROVIDER is {provider}, but {needed} is not set. Set it to your key."
            ));
        }
        let default = (provider == ModelProvider::Google).then(|| GOOGLE_MODEL.to_owned());
        let model = env.get(&NAME).or(default);
        if model.is_none() {
            let problem =
                "MODEL_PROVIDER is set, but MODEL_NAME is not. Set it to the name of a model.";
            env.problems.push(problem.to_owned());
        }
        Some(Self {
            provider,
            model: model?,
            temperature,
            key,
            // People write Ollama's address without a scheme.
            address: address.map(|address| match address.contains("://") {
                true => address,
                false => format!("http://{address}"),
            }),
        })
    }
}
