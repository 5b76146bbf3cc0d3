//! The usual questions as prompts: one for each analysis, by its question, and one for a whole gene.

use api::paths;
use rmcp::{
    ErrorData,
    model::{
        CacheScope, GetPromptRequestParams, GetPromptResult, ListPromptsResult, Prompt,
        PromptArgument, PromptMessage, Role,
    },
};
use serde_json::Value;

use super::resources::{json_at, method};
use crate::caller::Caller;

/// The prompt for a whole gene.
const GENE: &str = "gene";
const GENE_QUESTION: &str = "Is my gene under positive selection, where, and on which branches?";
/// The argument of every prompt.
const DATA: &str = "alignment";

pub(super) async fn list(caller: &dyn Caller) -> Result<ListPromptsResult, ErrorData> {
    let methods = json_at(caller, paths::METHODS).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let prompt = |name: String, question: String| {
        let about =
            "The id of the dataset, or the alignment itself. Without it, the newest dataset";
        let argument = PromptArgument::new(DATA).with_description(about);
        Prompt::new(name, Some(question), Some(vec![argument]))
    };
    let mut prompts = vec![prompt(GENE.to_owned(), GENE_QUESTION.to_owned())];
    for method in methods["methods"].as_array().into_iter().flatten() {
        prompts.push(prompt(text(&method["id"]), text(&method["question"])));
    }
    let mut list = ListPromptsResult::with_all_items(prompts);
    list.cache_scope = Some(CacheScope::Public);
    Ok(list)
}

pub(super) async fn get(
    caller: &dyn Caller,
    request: GetPromptRequestParams,
) -> Result<GetPromptResult, ErrorData> {
    let arguments = request.arguments.unwrap_or_default();
    let data = match arguments.get(DATA).and_then(Value::as_str) {
        Some(data) => format!("The alignment is:\n\n{data}"),
        None => "Use my newest dataset.".to_owned(),
    };
    let text = if request.name == GENE {
        format!(
            "{GENE_QUESTION} Start a screen, wait until it is over, and answer from its report. {data}"
        )
    } else {
        let found = method(caller, &request.name).await?;
        let found = found.ok_or_else(|| {
            ErrorData::invalid_params(format!("There is no prompt {}.", request.name), None)
        })?;
        let (question, name) = (&found["question"], &found["name"]);
        format!(
            "{} Check that the data suit {}, start it, wait for it, and answer from its summary. {data}",
            question.as_str().unwrap_or_default(),
            name.as_str().unwrap_or_default(),
        )
    };
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(
        Role::User,
        text,
    )]))
}
