//! A stand-in for a language model, which follows a script and speaks the protocols of OpenAI and of Ollama.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
};

use serde_json::{Value, json};

/// What the model does when it is asked.
pub enum Reply {
    /// It says something.
    Says(String),
    /// It calls operations with arguments.
    Calls(Vec<(&'static str, Value)>),
    /// It fails.
    Fails,
    /// It says nothing until the client has gone.
    Hangs,
}

/// A request, in a form that the protocols share.
pub struct Asked {
    /// Everything that was sent: the head and the body.
    pub sent: String,
    /// Roles and texts of the messages, in order.
    pub messages: Vec<(String, String)>,
    /// The names of the tools.
    pub tools: Vec<String>,
}

impl Asked {
    /// What the last tool returned.
    pub fn returned(&self) -> Value {
        let last = self.messages.iter().rev().find(|(role, _)| role == "tool");
        serde_json::from_str(&last.unwrap().1).unwrap()
    }
}

/// A script decides from each request what the model does.
type Script = Box<dyn FnMut(&Asked) -> Reply + Send>;

pub struct LanguageModel {
    pub address: String,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    /// Says when a client has gone while the model hung.
    pub gone: Mutex<mpsc::Receiver<()>>,
}

impl LanguageModel {
    pub fn start(script: impl FnMut(&Asked) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let (sender, gone) = mpsc::channel();
        let kept = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (kept, script) = (Arc::clone(&kept), Arc::clone(&script));
                let sender = sender.clone();
                thread::spawn(move || serve(stream, &kept, &script, &sender));
            }
        });
        Self {
            address,
            asked,
            gone: Mutex::new(gone),
        }
    }

    /// The settings of a service that asks it by OpenAI's protocol.
    pub fn openai(&self) -> [(&'static str, String); 3] {
        [
            ("MODEL_PROVIDER", "openai".to_owned()),
            ("MODEL_NAME", "scripted".to_owned()),
            ("OPENAI_BASE_URL", format!("{}/v1", self.address)),
        ]
    }

    /// The settings of a service that asks it by Ollama's protocol.
    pub fn ollama(&self) -> [(&'static str, String); 3] {
        [
            ("MODEL_PROVIDER", "ollama".to_owned()),
            ("MODEL_NAME", "scripted".to_owned()),
            ("OLLAMA_HOST", self.address.clone()),
        ]
    }
}

fn serve(
    mut stream: TcpStream,
    asked: &Mutex<Vec<Asked>>,
    script: &Mutex<Script>,
    gone: &mpsc::Sender<()>,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            return;
        }
    }
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap();
    let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let request: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(request["stream"], true);
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let messages = request["messages"].as_array().unwrap().iter();
    let tools = request["tools"].as_array().into_iter().flatten();
    let this = Asked {
        sent: format!("{head}{}", String::from_utf8(body).unwrap()),
        messages: messages
            .map(|message| (text(&message["role"]), text(&message["content"])))
            .collect(),
        tools: tools.map(|tool| text(&tool["function"]["name"])).collect(),
    };
    let reply = (script.lock().unwrap())(&this);
    asked.lock().unwrap().push(this);
    let is_ollama = head.starts_with("POST /api/chat ");
    assert!(
        is_ollama || head.starts_with("POST /v1/chat/completions "),
        "{head}"
    );
    let content = match reply {
        Reply::Fails => {
            let refusal = "HTTP/1.1 500 Oh\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno";
            stream.write_all(refusal.as_bytes()).unwrap();
            return;
        }
        Reply::Hangs => {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            // Ends when the client closes the connection.
            reader.read_to_end(&mut Vec::new()).ok();
            gone.send(()).ok();
            return;
        }
        reply if is_ollama => ollama(reply),
        reply => openai(reply),
    };
    let kind = if is_ollama {
        "application/x-ndjson"
    } else {
        "text/event-stream"
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        content.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(content.as_bytes()).unwrap();
}

/// The words of a text, each with the space before it.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(' ').collect()
}

fn openai(reply: Reply) -> String {
    let chunk = |delta: Value, reason: Value| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": reason});
        format!(
            "data: {}\n\n",
            json!({"id": "c", "object": "chat.completion.chunk", "choices": [choice]})
        )
    };
    let (mut sent, reason) = match reply {
        Reply::Says(text) => {
            let pieces = words(&text).into_iter();
            let pieces = pieces.map(|word| chunk(json!({"content": word}), Value::Null));
            (pieces.collect::<String>(), "stop")
        }
        Reply::Calls(calls) => {
            let calls: Vec<Value> = calls
                .iter()
                .enumerate()
                .map(|(k, (name, arguments))| {
                    let function = json!({"name": name, "arguments": arguments.to_string()});
                    json!({"index": k, "id": format!("call_{k}"), "type": "function", "function": function})
                })
                .collect();
            (
                chunk(json!({"tool_calls": calls}), Value::Null),
                "tool_calls",
            )
        }
        Reply::Fails | Reply::Hangs => unreachable!(),
    };
    sent.push_str(&chunk(json!({}), json!(reason)));
    sent + "data: [DONE]\n\n"
}

fn ollama(reply: Reply) -> String {
    let line = |message: Value, done: bool| {
        let line =
            json!({"model": "scripted", "message": message, "done": done, "done_reason": "stop"});
        format!("{line}\n")
    };
    let sent = match reply {
        Reply::Says(text) => {
            let pieces = words(&text).into_iter();
            let message = |word| json!({"role": "assistant", "content": word});
            pieces
                .map(|word| line(message(word), false))
                .collect::<String>()
        }
        Reply::Calls(calls) => {
            let calls: Vec<Value> = calls
                .iter()
                .map(
                    |(name, arguments)| json!({"function": {"name": name, "arguments": arguments}}),
                )
                .collect();
            line(
                json!({"role": "assistant", "content": "", "tool_calls": calls}),
                false,
            )
        }
        Reply::Fails | Reply::Hangs => unreachable!(),
    };
    sent + &line(json!({"role": "assistant", "content": ""}), true)
}
