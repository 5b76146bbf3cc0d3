// A figure as a PDF of its size: lines stay lines, and letters stay letters.
import { jsPDF } from 'jspdf'
import 'svg2pdf.js'
import font from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf?url'

const FAMILY = 'DejaVu Sans'
const FILE = 'DejaVuSans.ttf'

/** The font as base64: the fonts that every PDF reader has lack Greek letters and raised digits. */
async function letters(): Promise<string> {
  const blob = await (await fetch(font)).blob()
  const reader = new FileReader()
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve((reader.result as string).replace(/^.*,/, ''))
    reader.onerror = () => reject(reader.error ?? new Error(FILE))
    reader.readAsDataURL(blob)
  })
}

/** Returns the PDF of a figure's SVG, whose size is in millimetres. */
export async function pdfOf(drawing: string, title: string): Promise<Blob> {
  const svg = new DOMParser().parseFromString(drawing, 'image/svg+xml').documentElement
  svg.setAttribute('font-family', FAMILY)
  // The font has one weight, and PDF paints strokes over letters, not under them.
  for (const text of svg.querySelectorAll('text'))
    for (const name of ['font-weight', 'stroke', 'stroke-width', 'paint-order']) text.removeAttribute(name)
  const [width, height] = ['width', 'height'].map((name) => parseFloat(svg.getAttribute(name) ?? '')) as [
    number,
    number,
  ]
  const pdf = new jsPDF({
    unit: 'mm',
    format: [width, height],
    orientation: width > height ? 'landscape' : 'portrait',
    compress: true,
    putOnlyUsedFonts: true,
  })
  pdf.addFileToVFS(FILE, await letters())
  pdf.addFont(FILE, FAMILY, 'normal')
  pdf.setFont(FAMILY)
  pdf.setProperties({ title })
  await pdf.svg(svg, { x: 0, y: 0, width, height })
  return pdf.output('blob')
}
