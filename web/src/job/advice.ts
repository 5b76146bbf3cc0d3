// What to do about a job without a result, by the kind of cause.
import type { Schemas } from '../api'

const ADVICE: Record<Schemas['FailureCode'], string> = {
  cancelled: 'Run it again if you still need it.',
  unsuitable_data:
    'Correct the file, or choose another genetic code, tree or set of branches. Running it again unchanged will fail in the same way.',
  numerical_error:
    'Remove sequences that are nearly all gaps or identical to others, and check the ends of the alignment. Running it again unchanged will fail in the same way.',
  out_of_memory:
    'Use fewer sequences (remove identical and nearly identical ones first) or fewer rate classes. FUBAR and SLAC need the least memory. The administrator can allow more.',
  time_limit:
    'Test fewer branches, use fewer sequences, or choose a faster analysis (FUBAR in place of FEL or MEME). The administrator can allow more time.',
  interrupted:
    'The cause is on the server, not in your data. Run it again. If it fails again, contact the administrator.',
  engine_unavailable:
    'The cause is on the server, not in your data. Run it again later. If it fails again, contact the administrator.',
  engine_failed: 'Run it again once. If it fails again, the end of the log below says more.',
}

export const adviceFor = (code: Schemas['FailureCode'] | null | undefined): string => ADVICE[code ?? 'engine_failed']
