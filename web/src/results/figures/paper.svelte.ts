// The widths of figures in files and in print.

/** The usual widths of figures in journals, in millimetres. */
export const WIDTHS = [180, 85] as const

/** The width of the files, for all figures. */
export const FILE = $state({ millimetres: 180 as number })

const POINTS_PER_MILLIMETRE = 72 / 25.4
/** Figures are drawn with letters of 12 pixels, which are 8 points in a file. */
const PIXELS_PER_POINT = 12 / 8

/** How wide a figure is drawn for a file, in pixels. */
export const pixelsOf = (millimetres: number) => Math.round(millimetres * POINTS_PER_MILLIMETRE * PIXELS_PER_POINT)

/** How wide a figure is drawn on a printed page (A4 or Letter), in pixels. */
export const PRINTED = 680
