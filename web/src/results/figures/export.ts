// Exports a figure as a file: a self-contained SVG on white, with its own colours and fonts, independent of the
// screen.
const WRITTEN = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'font-size',
  'font-weight',
  'text-anchor',
  'paint-order',
]
const FONT = "'DejaVu Sans', Helvetica, Arial, sans-serif"
/** The width of two columns of a printed page. */
const MILLIMETRES = 180
const DOTS_PER_MILLIMETRE = 300 / 25.4

/** Returns the SVG of a `<figure data-figure>`. */
export function svgOf(figure: Element): string {
  const drawn = figure.querySelector('svg')
  if (!drawn) throw new Error('The figure has not been drawn yet.')
  const { width, height } = sizeOf(drawn)
  // `.print` has the light colours, so the copy does not depend on the screen.
  const stage = document.createElement('div')
  stage.className = 'print offscreen'
  const copy = drawn.cloneNode(true) as SVGSVGElement
  stage.append(copy)
  document.body.append(stage)
  for (const element of copy.querySelectorAll('*')) {
    const style = getComputedStyle(element)
    if (element.matches('.screen-only')) {
      element.remove()
      continue
    }
    for (const name of WRITTEN) {
      const value = style.getPropertyValue(name)
      if (value && value !== 'normal' && !(name === 'stroke-dasharray' && value === 'none'))
        element.setAttribute(name, value)
    }
  }
  stage.remove()
  for (const element of copy.querySelectorAll('*'))
    for (const name of ['style', 'class', 'role', 'tabindex']) element.removeAttribute(name)
  for (const { name } of [...copy.attributes]) copy.removeAttribute(name)
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('viewBox', `0 0 ${width} ${height}`)
  copy.setAttribute('width', `${MILLIMETRES}mm`)
  copy.setAttribute('height', `${((MILLIMETRES * height) / width).toFixed(2)}mm`)
  copy.setAttribute('font-family', FONT)
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  for (const [name, value] of Object.entries({ width, height, fill: '#ffffff' }))
    paper.setAttribute(name, String(value))
  copy.prepend(paper)
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title')
  title.textContent = figure.querySelector('h3')?.textContent ?? ''
  copy.prepend(title)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`
}

/** Returns the PNG at 300 dots per inch. */
export async function pngOf(figure: Element): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgOf(figure))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(MILLIMETRES * DOTS_PER_MILLIMETRE)
  canvas.height = Math.round((canvas.width * image.naturalHeight) / image.naturalWidth)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('The figure is too large for PNG; use SVG.'))),
      'image/png',
    ),
  )
}

export function save(content: Blob | string, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(typeof content === 'string' ? new Blob([content]) : content)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

const sizeOf = (svg: SVGSVGElement) => ({
  width: Number(svg.getAttribute('width')) || 720,
  height: Number(svg.getAttribute('height')) || 400,
})
