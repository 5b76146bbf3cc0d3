//! Elements of an XML document.

use quick_xml::{
    Writer,
    events::{BytesCData, BytesText},
};

/// An element.
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

enum Content {
    Elements(Vec<Element>),
    Text(String),
    /// CDATA.
    Verbatim(String),
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            content: Content::Elements(Vec::new()),
        }
    }

    pub(super) fn with(mut self, attribute: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((attribute, value.into()));
        self
    }

    pub(super) fn text(self, text: impl Into<String>) -> Self {
        let content = Content::Text(text.into());
        Self { content, ..self }
    }

    pub(super) fn verbatim(self, text: impl Into<String>) -> Self {
        let content = Content::Verbatim(text.into());
        Self { content, ..self }
    }

    pub(super) fn child(self, child: Self) -> Self {
        self.children([child])
    }

    pub(super) fn children(mut self, new: impl IntoIterator<Item = Self>) -> Self {
        if let Content::Elements(children) = &mut self.content {
            children.extend(new);
        }
        self
    }

    /// The document of which it is the root.
    pub(super) fn document(&self) -> anyhow::Result<Vec<u8>> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 4);
        self.write(&mut writer)?;
        let mut text = writer.into_inner();
        text.push(b'\n');
        Ok(text)
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(name, value)| (*name, value.as_str()));
        let element = writer.create_element(self.name);
        let element = element.with_attributes(attributes);
        match &self.content {
            Content::Elements(children) if children.is_empty() => element.write_empty()?,
            Content::Elements(children) => element.write_inner_content(|writer| {
                children.iter().try_for_each(|child| child.write(writer))
            })?,
            Content::Text(text) => element.write_text_content(BytesText::new(text))?,
            Content::Verbatim(text) => element.write_cdata_content(BytesCData::new(text))?,
        };
        Ok(())
    }
}
