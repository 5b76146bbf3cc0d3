//! Responses of a real 22.05.8, and their meaning for a change.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{
    collections::VecDeque,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    sync::Mutex,
    thread,
};

use super::*;

/// The response if the token for a change is rejected.
const CUT_OFF: &str =
    r#"{"errors":[{"error_code":5005,"error":"Zero Bytes were transmitted or received"}]}"#;
/// The response to a change if there is no controller …
const NO_CONNECTION: &str = r#"{"errors":[{"error_code":1800,"error":"Unable to contact slurm controller (connect failure)"}]}"#;
/// … and to a query; a rejected token has the same one.
const NO_ANSWER: &str = r#"{"errors":[{"description":"slurmctld config is unable to load","error_number":-1,"error":"Unspecified error"}]}"#;
/// The controller was killed while it processed the request.
const RESET: &str = r#"{"errors":[{"error_code":104,"error":"Connection reset by peer"}]}"#;
/// The response if there is no such job.
const NO_SUCH_JOB: &str =
    r#"{"errors":[{"error_number":2017,"error":"Invalid job id specified"}]}"#;
const DONE: &str = r#"{"job_id":7,"errors":[]}"#;

/// A request that the server received.
struct Asked {
    method: String,
    token: String,
}

/// Submits to a server that gives these responses in turn. Also returns the methods of the requests
/// that it received.
async fn submit(answers: &[&'static str]) -> (Result<Answer, CallError>, Vec<String>) {
    let (done, asked) = submit_while(answers, |_, _| ()).await;
    (done, asked.into_iter().map(|asked| asked.method).collect())
}

/// … and does something before the first response.
async fn submit_while(
    answers: &[&'static str],
    meanwhile: impl FnOnce(&Tokens, &Path) + Send + 'static,
) -> (Result<Answer, CallError>, Vec<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, [7; 32]).unwrap();
    let tokens = Tokens::new(key.clone(), "someone".to_owned(), Duration::from_secs(600)).unwrap();
    let client = Client::new(tokens).unwrap();
    let mut left: VecDeque<&str> = answers.iter().copied().collect();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    let (tokens, mut meanwhile) = (Arc::clone(&client.tokens), Some(meanwhile));
    // Ends after the last response.
    thread::spawn(move || {
        while let Some(answer) = left.pop_front() {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            let token = head.lines().find(|line| line.contains("user-token"));
            noted.lock().unwrap().push(Asked {
                method: head.split_whitespace().next().unwrap().to_owned(),
                token: token.unwrap().to_owned(),
            });
            if let Some(meanwhile) = meanwhile.take() {
                meanwhile(&tokens, &key);
            }
            let status = if answer == DONE { 200 } else { 500 };
            let length = answer.len();
            write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
            )
            .unwrap();
        }
    });
    let (url, no_job) = (format!("{base}/submit"), format!("{base}/job/0"));
    let done = client.change(Method::POST, &url, None, &no_job).await;
    let asked = std::mem::take(&mut *asked.lock().unwrap());
    assert_eq!(asked.len(), answers.len());
    (done, asked)
}

#[tokio::test]
async fn a_token_is_tried_again_although_another_task_has_renewed_it() {
    let renew = |tokens: &Tokens, key: &Path| {
        std::fs::write(key, [8; 32]).unwrap();
        let old = tokens.present();
        assert!(!Arc::ptr_eq(&old, &tokens.renew(&old)));
    };
    let (done, asked) = submit_while(&[CUT_OFF, CUT_OFF, DONE], renew).await;
    assert_eq!(number(&done.unwrap().job_id), Some(7));
    assert_eq!(asked[0].token, asked[1].token);
    assert_ne!(asked[1].token, asked[2].token);
}

#[tokio::test]
async fn a_rejected_token_is_renewed_and_the_change_repeated() {
    let (done, asked) = submit(&[CUT_OFF, CUT_OFF, DONE]).await;
    assert_eq!(number(&done.unwrap().job_id), Some(7));
    assert_eq!(asked, ["POST", "DELETE", "POST"]);
    let (done, _) = submit(&[CUT_OFF, CUT_OFF, CUT_OFF, CUT_OFF]).await;
    match done {
        Err(CallError::NotDone(why)) => assert!(why.contains("tokens"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_controller_lost_during_a_submission_may_have_accepted_it() {
    // The controller is gone, has come back, and was killed: nothing is submitted twice.
    for after in [NO_CONNECTION, NO_SUCH_JOB, RESET] {
        let (done, asked) = submit(&[CUT_OFF, after]).await;
        assert!(matches!(done, Err(CallError::CutOff(_))), "{done:?}");
        assert_eq!(asked, ["POST", "DELETE"]);
    }
    let (done, _) = submit(&[RESET]).await;
    assert!(matches!(done, Err(CallError::Unclear(_))), "{done:?}");
    // The token is renewed, and then the controller is gone.
    let (done, _) = submit(&[CUT_OFF, CUT_OFF, CUT_OFF, NO_CONNECTION]).await;
    assert!(matches!(done, Err(CallError::CutOff(_))), "{done:?}");
}

#[tokio::test]
async fn an_unreachable_controller_has_accepted_nothing() {
    let (done, _) = submit(&[NO_CONNECTION]).await;
    assert!(matches!(done, Err(CallError::NotDone(_))), "{done:?}");
    let (done, _) = submit(&[NO_ANSWER, NO_ANSWER]).await;
    assert!(matches!(done, Err(CallError::NotDone(_))), "{done:?}");
}

#[test]
fn error_numbers_tell_whether_a_change_may_have_been_made() {
    let of = |number: i64, changes| {
        let text = format!(r#"{{"errors":[{{"error_number":{number},"error":"x"}}]}}"#);
        let answer: Answer = serde_json::from_str(&text).unwrap();
        refusal(answer.errors, StatusCode::INTERNAL_SERVER_ERROR, changes)
    };
    // A reset connection; a lost response of the controller, or of any daemon; a slow one.
    for number in [104, 1003, 1802, 5004, -1] {
        let said = of(number, true);
        assert!(matches!(said, CallError::Unclear(_)), "{number}: {said:?}");
    }
    for number in [1001, 1800] {
        let said = of(number, true);
        assert!(matches!(said, CallError::NotDone(_)), "{number}: {said:?}");
    }
    assert!(matches!(of(2000, true), CallError::Refused(..)));
    assert!(is_token_refused(&of(-1, false)));
}
