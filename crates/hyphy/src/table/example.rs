//! A small request of each analysis.

/// A small request, and what HyPhy writes for the same data without this service.
#[derive(Debug)]
pub struct Example {
    /// The alignment, if the analysis takes one.
    pub alignment: Option<ExampleFile>,
    /// The tree; `None` if the analysis takes none.
    pub tree: Option<ExampleFile>,
    /// The other fields of the request, as JSON.
    pub request: &'static str,
    /// HyPhy's command line after its program's name, without the alignment, the tree and the
    /// output. `~` stands for a blank within a word.
    pub command_line: &'static str,
    /// JSON pointers to the parts of the result that depend on random numbers, and whose members
    /// may differ, too. `/` stands for all values except likelihoods, and not for members.
    pub random: &'static [&'static str],
}

impl Example {
    /// The other fields of the request. `Null` if they are not valid JSON, which a test rules out.
    #[must_use]
    pub fn body(&self) -> serde_json::Value {
        serde_json::from_str(self.request).unwrap_or_default()
    }
}

/// A file of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExampleFile {
    /// Its name.
    pub name: &'static str,
    /// Its content.
    pub content: &'static str,
}
