//! `datamonkey run`: from input files to results.

mod arguments;
mod follow;
mod many;
mod one;

pub(crate) use arguments::Arguments;

#[tokio::main]
pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.files.is_empty() {
        one::run(arguments).await
    } else {
        many::run(arguments).await
    }
}
