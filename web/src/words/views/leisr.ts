export const leisr = {
  rates: 'Relative rate by site',
  ratesCaption:
    'Estimates with 95% profile likelihood intervals. The mean rate of the alignment is 1. Arrows mark rates and intervals that extend beyond 10.',
  label: 'Relative rate',
  labelSqrt: 'Relative rate (√ scale)',
}
