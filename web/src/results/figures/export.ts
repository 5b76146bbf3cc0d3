// Exports a figure as a file: a self-contained SVG on white, with its own colours and fonts, independent of the
// screen.
import { FILE, pixelsOf } from './paper.svelte'
import { frame } from '../../words/figures'

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
const DOTS_PER_MILLIMETRE = 300 / 25.4

/** Draws a figure at a width in pixels. */
type Draw = (width: number) => Promise<SVGSVGElement | undefined>
const draws = new WeakMap<Element, Draw>()
/** Says how a `<figure data-figure>` is drawn for a file. */
export function drawnBy(figure: Element, draw: Draw) {
  draws.set(figure, draw)
}

/** Returns the SVG of a `<figure data-figure>`. It does not depend on the size of the window. */
export async function svgOf(figure: Element): Promise<string> {
  const millimetres = FILE.millimetres
  const drawn = await draws.get(figure)?.(pixelsOf(millimetres))
  if (!drawn) throw new Error(frame.notDrawn)
  const { width, height } = sizeOf(drawn)
  // `.print` has the light colours, so the copy does not depend on the screen.
  const stage = document.createElement('div')
  stage.className = 'print offscreen'
  stage.append(drawn)
  document.body.append(stage)
  for (const element of drawn.querySelectorAll('*')) {
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
  for (const element of drawn.querySelectorAll('*'))
    for (const name of ['style', 'class', 'role', 'tabindex']) element.removeAttribute(name)
  for (const { name } of [...drawn.attributes]) drawn.removeAttribute(name)
  drawn.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  drawn.setAttribute('viewBox', `0 0 ${width} ${height}`)
  drawn.setAttribute('width', `${millimetres}mm`)
  drawn.setAttribute('height', `${((millimetres * height) / width).toFixed(2)}mm`)
  drawn.setAttribute('font-family', FONT)
  const paper = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  for (const [name, value] of Object.entries({ width, height, fill: '#ffffff' }))
    paper.setAttribute(name, String(value))
  drawn.prepend(paper)
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title')
  title.textContent = figure.querySelector('h3')?.textContent ?? ''
  drawn.prepend(title)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(drawn)}\n`
}

/** Returns the PNG at 300 dots per inch. */
export async function pngOf(figure: Element): Promise<Blob> {
  const image = new Image()
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await svgOf(figure))}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(FILE.millimetres * DOTS_PER_MILLIMETRE)
  canvas.height = Math.round((canvas.width * image.naturalHeight) / image.naturalWidth)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(frame.tooLarge))), 'image/png'),
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
