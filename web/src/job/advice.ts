// What to do about a job that has failed, by what it failed of.
const KINDS: [RegExp, string][] = [
  [
    /could not be computed|numerical/i,
    'The numbers went beyond what can be computed. Remove sequences that are nearly all gaps or identical to others, check the alignment for misaligned ends, then run it again; trying again unchanged will fail alike.',
  ],
  [
    /memory|bad_alloc/i,
    'It needed more memory than there is. Use fewer sequences (drop identical and nearly identical ones first), or fewer rate classes, and run it again; FUBAR and SLAC need the least. The administrator can allow more.',
  ],
  [
    /time limit|stopped after/i,
    'It took longer than this server allows. Test fewer branches, use fewer sequences or a faster analysis (FUBAR in place of FEL or MEME), and run it again; or ask the administrator for more time.',
  ],
  [
    /stop codon|in frame|genetic code|no match|no sequence|same name|names? must|too few|too short|gaps|branch set|empty set|label/i,
    'The data or the choice of branches is the cause. Mend the file, or choose another genetic code, tree or set of branches, and run it again.',
  ],
  [
    /could not be started|interrupted|scheduler|cancelled by|node|cluster|engine/i,
    'The cause is at the service, not in the data. Try again; if it fails again, tell the administrator.',
  ],
]
const OTHER =
  'Try again once: the cause may have gone. If it fails again, the end of the log below says more; change the data or the parameter that it names.'

export const adviceFor = (message: string | null | undefined): string =>
  KINDS.find(([pattern]) => pattern.test(message ?? ''))?.[1] ?? OTHER
