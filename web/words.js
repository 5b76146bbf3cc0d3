// A lint rule: what a person reads or hears stands in src/words, and nowhere else. Symbols, units, formats and names
// of programs may stay where they are.
const NAMES =
  /\b(?:https|SVG|PNG|PDF|JSON|CSV|ZIP|BibTeX|Newick|NEXUS|Markdown|HyPhy|AICc|LRT|ER|BF|dN|dS|doi|mm|min|kB|MB)\b/g
/** Attributes whose value is shown or read out. */
const ATTRIBUTES =
  /^(?:aria-(?:label|valuetext|description|roledescription)|alt|title|placeholder|label|caption|note|[xy]Label|what)$/
/** Properties whose value is shown. */
const PROPERTIES = /^(?:title|label|caption|text|message|remedy|description|meaning|action|hint)$/
const SENTENCE = /^\P{L}*\p{Lu}.*\s.*\p{L}{2,}.*[.?!…:]$/su

const hasWords = (text) => /\p{L}{2,}/u.test(text.replace(NAMES, ''))

/** The literal texts that an expression can have as its value. */
function* texts(node) {
  switch (node?.type) {
    case 'Literal':
      if (typeof node.value === 'string') yield [node, node.value]
      break
    case 'TemplateLiteral':
      for (const quasi of node.quasis) yield [node, quasi.value.cooked ?? '']
      for (const expression of node.expressions) yield* texts(expression)
      break
    case 'ConditionalExpression':
      yield* texts(node.consequent)
      yield* texts(node.alternate)
      break
    case 'LogicalExpression':
      yield* texts(node.left)
      yield* texts(node.right)
      break
    case 'BinaryExpression':
      if (node.operator === '+') {
        yield* texts(node.left)
        yield* texts(node.right)
      }
      break
  }
}

const rule = {
  meta: {
    type: 'problem',
    messages: { elsewhere: 'This text belongs in src/words: {{ text }}' },
    schema: [],
  },
  create(context) {
    const reported = new Set()
    function report(node, text) {
      if (reported.has(node)) return
      reported.add(node)
      context.report({ node, messageId: 'elsewhere', data: { text: JSON.stringify(text.trim()) } })
    }
    function expression(root) {
      for (const [node, text] of texts(root)) if (hasWords(text)) report(node, text)
    }
    return {
      SvelteText(node) {
        if (node.parent.type === 'SvelteStyleElement' || node.parent.type === 'SvelteScriptElement') return
        if (hasWords(node.value)) report(node, node.value)
      },
      SvelteMustacheTag(node) {
        const attribute = node.parent.type === 'SvelteAttribute' ? node.parent.key.name : null
        if (attribute === null ? node.parent.type !== 'SvelteStyleDirective' : ATTRIBUTES.test(attribute))
          expression(node.expression)
      },
      SvelteLiteral(node) {
        if (node.parent.type === 'SvelteAttribute' && ATTRIBUTES.test(node.parent.key.name) && hasWords(node.value))
          report(node, node.value)
      },
      Property(node) {
        const name = node.key.name ?? node.key.value
        if (!node.computed && PROPERTIES.test(name) && node.value.type !== 'AssignmentPattern') expression(node.value)
      },
      NewExpression(node) {
        if (/Error$/.test(node.callee.name ?? '')) node.arguments.forEach(expression)
      },
      AssignmentExpression(node) {
        for (const [at, text] of texts(node.right)) if (SENTENCE.test(text)) report(at, text)
      },
      Literal(node) {
        if (typeof node.value === 'string' && SENTENCE.test(node.value)) report(node, node.value)
      },
    }
  },
}

export default { rules: { elsewhere: rule } }
