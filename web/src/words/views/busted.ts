export const busted = {
  omega: 'ω distributions',
  omegaCaption: 'Rate classes of each branch set in the unconstrained model, and their weights.',
  tested: 'Tested branches',
  background: 'Background branches',
  constrained: 'Constrained (ω ≤ 1)',
  optimised: 'Optimised null',
  evidence: 'Evidence ratios by codon',
  evidenceCaption:
    'The likelihood of the codon with positive selection, divided by its likelihood without. Values above 1 support selection at the codon.',
  evidenceLabel: 'Evidence ratio (log scale)',
  evidenceTable: 'Evidence ratios as a table',
  ratios: 'Evidence ratios',
  codonColumn: 'Number of the codon in the alignment, from 1',
  ratioColumn: 'Evidence ratio: the likelihood of the codon with positive selection, divided by its likelihood without',
  noEvidence:
    'No class of the unconstrained model has ω > 1 and a weight above 0, so HyPhy reports no evidence ratios.',
  synonymous: 'Synonymous rates across codons',
  synonymousCaption: 'Classes of the synonymous rate, relative to its mean.',
  allBranches: 'All branches',
  synonymousByCodon: 'Synonymous rate by codon',
  synonymousMean: 'Posterior mean of the synonymous rate at each codon.',
  synonymousRate: 'Synonymous rate',
  branches:
    'Empirical Bayes factor for the branch being in the class with the highest ω at the codon. This is exploratory, not a test. Cells are empty if the class has more than 99% of the weight, because the factor is uninformative then.',
}
