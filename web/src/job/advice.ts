// Advice for failed jobs, by error message.
const KINDS: [RegExp, string][] = [
  [
    /could not be computed|numerical/i,
    'The calculation failed numerically. Remove sequences that are mostly gaps or identical to others, check the alignment for misaligned ends, and run the analysis again. Without changes, it will fail again.',
  ],
  [
    /memory|bad_alloc/i,
    'The job ran out of memory. Use fewer sequences (remove identical and nearly identical ones first) or fewer rate classes, and run the analysis again. FUBAR and SLAC need the least memory. The administrator can raise the limit.',
  ],
  [
    /time limit|stopped after/i,
    "The job exceeded this server's time limit. Test fewer branches, or use fewer sequences or a faster analysis (FUBAR instead of FEL or MEME), and run it again. The administrator can raise the limit.",
  ],
  [
    /stop codon|in frame|genetic code|no match|no sequence|same name|names? must|too few|too short|gaps|branch set|empty set|label/i,
    'The problem is in the data or the selected branches. Correct the file, or choose another genetic code, tree or set of branches, and run the analysis again.',
  ],
  [
    /could not be started|interrupted|scheduler|cancelled by|node|cluster|engine/i,
    'The problem is in the service, not in your data. Try again. If the job fails again, contact the administrator.',
  ],
]
const OTHER =
  'Try again: the problem may have been temporary. If the job fails again, check the end of the log below, and change the data or the parameter that it names.'

export const adviceFor = (message: string | null | undefined): string =>
  KINDS.find(([pattern]) => pattern.test(message ?? ''))?.[1] ?? OTHER
