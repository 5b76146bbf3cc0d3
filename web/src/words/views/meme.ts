export const meme = {
  pCaption: 'Codons on or above the line show positive selection on some branches.',
  episodic: 'Episodic',
  rates: (low: string) => `α, ${low} and β+ by codon`,
  ratesCaption: (low: string) =>
    `The marks for a codon are side by side. The larger a mark of ${low} or β+, the larger the fraction of branches with this rate. Arrows mark rates above 1,000. The scale is linear up to 1 and logarithmic beyond.`,
  rate: 'Rate (logarithmic beyond 1)',
  evidence:
    "Empirical Bayes factor for the branch being in the selected class at the codon. This is exploratory, not a test. Columns of codons that are not significant are pale. Cells are empty where β+ has more than 99% of the weight, because the factor is uninformative there; HyPhy's count of selected branches in the table includes them.",
}
