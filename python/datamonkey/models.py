"""What the service sends and takes. Made from openapi.json by dev/python-models."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class AbsrelRequest(TypedDict):
    """
    Parameters of aBSREL: adaptive Branch-Site Random Effects Likelihood
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    srv: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Let the synonymous rate vary from site to site.
    """
    syn_rates: NotRequired[int]
    """
    Number of synonymous rate classes. Used only if synonymous rates vary.
    """
    multiple_hits: NotRequired[Literal['None', 'Double', 'Double+Triple']]
    """
    How many nucleotides of a codon may change at once.
    """
    blb: NotRequired[float]
    """
    Resample the alignment (bag of little bootstraps): the sample has as many sites as the alignment, raised to this power. 1 analyses the alignment unchanged.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class AlignmentRow(TypedDict):
    """
    One sequence of a part of an alignment.
    """

    name: str
    """
    Name, as in the file.
    """
    residues: str
    """
    The residues of the requested columns, in upper case: letters, `-` (gap), `?` (missing) and
    `*` (stop). `U` is returned as `T`.
    """


Alphabet: TypeAlias = Literal['nucleotide', 'protein', 'unknown']
"""
What the letters of an alignment stand for.

"Codon" is not an alphabet: a codon alignment is a nucleotide alignment that is in frame.
"""


Availability: TypeAlias = Literal['available', 'unavailable']
"""
Whether a server can run an analysis by an engine.
"""


class BStillRequest(TypedDict):
    """
    Parameters of B-STILL: Bayesian Significance Test of Invariant Low Likelihoods
    """

    alignment: NotRequired[str]
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    grid_points: NotRequired[int]
    """
    Number of grid points for each of the two rates.
    """
    concentration_parameter: NotRequired[float]
    """
    Concentration parameter of the Dirichlet prior.
    """
    radius: NotRequired[float]
    """
    Rates count as near zero up to this many expected substitutions.
    """
    ebf: NotRequired[float]
    """
    Empirical Bayes factor from which a site counts as detected.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    grid: NotRequired[int]
    """
    The same as grid_points.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """
    partitions_of: NotRequired[str]
    """
    Id of a completed GARD job, in place of `alignment` and `tree`: its alignment is analysed with the partitions and trees that GARD found.
    """


class BatchRequest(TypedDict):
    """
    One analysis for many datasets.
    """

    method: str
    """
    The analysis, such as `fel`.
    """
    parameters: NotRequired[dict[str, Any] | None]
    """
    Its parameters, for all items.
    """
    items: list[dict[str, Any]]
    """
    The fields that differ between the jobs: at least `alignment`, often `tree`. At most 100
    items.
    """
    retry: NotRequired[bool | None]
    """
    Whether to run failed or cancelled jobs again.
    """


class BgmRequest(TypedDict):
    """
    Parameters of BGM: Bayesian Graphical Model of coevolution
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    data_type: NotRequired[Literal['nucleotide', 'amino-acid', 'codon']]
    """
    Type of data in the alignment.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    baseline_model: NotRequired[Literal['LG', 'WAG', 'JTT', 'JC69', 'mtMet', 'mtVer', 'gcpREV', 'HIVBm', 'HIVWm', 'GTR']]
    """
    Protein substitution model. Used only for amino acids.
    """
    steps: NotRequired[int]
    """
    Number of steps of the Markov chain.
    """
    burn_in: NotRequired[int]
    """
    Number of initial steps to discard.
    """
    samples: NotRequired[int]
    """
    Number of samples to draw from the chain.
    """
    max_parents: NotRequired[int]
    """
    Maximum number of parents of a site in the network.
    """
    min_subs: NotRequired[int]
    """
    Leave out sites with fewer substitutions than this.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


BranchInput: TypeAlias = Literal['none', 'tested', 'test_and_reference', 'sets', 'compartments']
"""
How the branches of an analysis are chosen.
"""


class BustedPhRequest(TypedDict):
    """
    Parameters of BUSTED-PH: BUSTED, associated with a phenotype
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    test_branches: NotRequired[str | list[str]]
    """
    Branches with the trait: names of leaves or internal nodes, labels in the tree, or Internal, Leaves, Unlabeled-branches. Empty means the branches labelled Test, or those with the tree's only label.
    """
    srv: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Let the synonymous rate vary from site to site.
    """
    rates: NotRequired[int]
    """
    Number of dN/dS classes; more take longer.
    """
    syn_rates: NotRequired[int]
    """
    Number of synonymous rate classes. Used only if synonymous rates vary.
    """
    multiple_hits: NotRequired[Literal['None', 'Double', 'Double+Triple']]
    """
    How many nucleotides of a codon may change at once.
    """
    grid_size: NotRequired[int]
    """
    Number of grid points for the initial estimate of the distributions.
    """
    starting_points: NotRequired[int]
    """
    Number of starting points for the optimization; at most a tenth of the starting grid size.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class BustedRequest(TypedDict):
    """
    Parameters of BUSTED: Branch-site Unrestricted Statistical Test for Episodic Diversification
    """

    alignment: NotRequired[str]
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    srv: NotRequired[Literal['Yes', 'No', 'branch-site']]
    """
    How the synonymous rate varies.
    """
    multiple_hits: NotRequired[Literal['None', 'Double', 'Double+Triple']]
    """
    How many nucleotides of a codon may change at once.
    """
    rates: NotRequired[int]
    """
    Number of dN/dS classes; more take longer.
    """
    syn_rates: NotRequired[int]
    """
    Number of synonymous rate classes. Used only if synonymous rates vary.
    """
    grid_size: NotRequired[int]
    """
    Number of grid points for the initial estimate of the distributions.
    """
    starting_points: NotRequired[int]
    """
    Number of starting points for the optimization; at most a tenth of the starting grid size.
    """
    error_sink: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Add a rate class that absorbs alignment errors. Experimental.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """
    partitions_of: NotRequired[str]
    """
    Id of a completed GARD job, in place of `alignment` and `tree`: its alignment is analysed with the partitions and trees that GARD found.
    """


class Data(TypedDict):
    """
    More of the answer's text.
    """

    content: str
    """
    The text.
    """


class ChatEvent1(TypedDict):
    """
    More of the answer's text.
    """

    data: Data
    """
    More of the answer's text.
    """
    event: Literal['delta']


class ChatOperation(TypedDict):
    """
    An operation that the assistant wants to carry out.
    """

    operation: str
    """
    Its id, such as `deleteDataset`.
    """
    title: str
    """
    What it does, in a few words.
    """
    arguments: dict[str, Any]
    """
    Its arguments.
    """


ChatRole: TypeAlias = Literal['user', 'assistant']
"""
Who said a message.
"""


class CodeTable(TypedDict):
    """
    A genetic code.
    """

    name: str
    """
    HyPhy's name, as parameters have it.
    """
    ncbi_table: int
    """
    Number of NCBI's translation table.
    """
    amino_acids: str
    """
    The amino acids of the 64 codons as one letter each, `*` for a stop. Codons are in NCBI's
    order: T, C, A, G, the third position fastest.
    """


ColumnRole: TypeAlias = Literal['site', 'other_site', 'branch', 'class']
"""
What a column identifies.
"""


Compression: TypeAlias = Literal['none', 'gzip', 'bzip2', 'xz', 'zstd', 'zip']
"""
How a file was compressed.
"""


class BranchSets(TypedDict):
    name: str
    branches: list[str]


class ContrastFelRequest(TypedDict):
    """
    Parameters of contrast-FEL: Fixed Effects Likelihood, contrasted between sets of branches
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branch_sets: list[str | BranchSets]
    """
    Branch sets to compare: labels in the tree, Internal, Leaves, Unlabeled-branches, or objects with a name and branches. A single set is compared with all other branches.
    """
    srv: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Let the synonymous rate vary from site to site.
    """
    permutations: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Confirm significant sites by permuting the branches of the sets.
    """
    p_value: NotRequired[float]
    """
    Threshold at which the log names a site, and below which permutations are made.
    """
    q_value: NotRequired[float]
    """
    Threshold of the false discovery rate at which the log names a site.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class ContrastMemeRequest(TypedDict):
    """
    Parameters of contrast-MEME: Mixed Effects Model of Evolution, contrasted between sets of branches
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branch_sets: list[str | BranchSets]
    """
    Branch sets to compare: labels in the tree, Internal, Leaves, Unlabeled-branches, or objects with a name and branches. A single set is compared with all other branches.
    """
    srv: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Let the synonymous rate vary from site to site.
    """
    permutations: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Confirm significant sites by permuting the branches of the sets.
    """
    p_value: NotRequired[float]
    """
    Threshold at which the log names a site, and below which permutations are made.
    """
    q_value: NotRequired[float]
    """
    Threshold of the false discovery rate at which the log names a site.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class CreateVisualizationRequest(TypedDict):
    """
    A figure to store.
    """

    job_id: str
    """
    The job whose result it shows.
    """
    dataset_id: NotRequired[str | None]
    """
    The dataset that it shows, if it shows one.
    """
    title: str
    """
    Title; at most 10,000 bytes.
    """
    description: NotRequired[str | None]
    """
    Description of the figure.
    """
    spec: dict[str, Any]
    """
    The specification.
    """
    config: NotRequired[dict[str, Any] | None]
    """
    Settings of the program that renders it.
    """
    metadata: NotRequired[dict[str, Any] | None]
    """
    Provenance.
    """


DataInput: TypeAlias = Literal['codon', 'nucleotide', 'protein', 'by_type', 'none']
"""
The kind of alignment that an analysis takes.
"""


class DatasetMeta(TypedDict):
    """
    A user's description of a dataset.
    """

    name: NotRequired[str]
    """
    Display name; by default the file's name.
    """
    type: str
    """
    Kind of data in the user's words, such as `fasta`. The service does not rely on it: it reads
    the content.
    """
    description: NotRequired[str]
    """
    Free-text notes.
    """


class DelayedJobs(TypedDict):
    """
    Jobs that are held up by a temporary obstacle.
    """

    jobs: int
    """
    Number of jobs.
    """
    since: str
    """
    Since when the first of them has been waiting.
    """
    reason: str
    """
    The obstacle, in a sentence.
    """


class Delivery(TypedDict):
    """
    A notification that a job has ended.
    """

    id: str
    """
    Id; a webhook's `webhook-id`.
    """
    kind: str
    """
    `webhook` or `mail`.
    """
    target: str
    """
    URL or e-mail address.
    """
    status: str
    """
    `pending` (the job has not ended, or the delivery will be retried), `delivered` or `failed`.
    """
    tries: int
    """
    Number of delivery attempts.
    """
    error: NotRequired[str | None]
    """
    Why the last attempt failed.
    """
    done: NotRequired[str | None]
    """
    When it was delivered or abandoned.
    """


Direction: TypeAlias = Literal['at_most', 'at_least']
"""
Which values pass a threshold.
"""


EngineKind: TypeAlias = Literal['hyphy', 'native']
"""
An engine: a program that runs analyses.
"""


class ErrorFilterRequest(TypedDict):
    """
    Parameters of error filter: Filter of alignment errors by BUSTED-E
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    srv: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Let the synonymous rate vary from site to site.
    """
    rates: NotRequired[int]
    """
    Number of dN/dS classes in addition to the error class.
    """
    threshold: NotRequired[float]
    """
    Mask codons whose empirical Bayes factor for the error class is at least this.
    """
    ratio: NotRequired[float]
    """
    Mask only codons whose empirical Bayes factor for the error class, relative to the class of positive selection, is at least this.
    """
    site_threshold: NotRequired[float]
    """
    If at least this fraction of the sequences has errors at a site, the whole site is masked.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


EstimateStatus: TypeAlias = Literal['running', 'ready']
"""
Whether a job's estimate is there.
"""


class ExampleFile(TypedDict):
    """
    A file of an example.
    """

    name: str
    """
    Its name.
    """
    content: str
    """
    Its content.
    """


class FadeRequest(TypedDict):
    """
    Parameters of FADE: FUBAR Approach to Directional Evolution
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    bayes_factor_threshold: NotRequired[int]
    """
    Sites with at least this Bayes factor are detected. The result contains all Bayes factors; the log lists those of at least 100.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    model: NotRequired[Literal['LG', 'WAG', 'JTT', 'JC69', 'mtMet', 'mtVer', 'gcpREV', 'HIVBm', 'HIVWm', 'GTR']]
    """
    Protein substitution model.
    """
    grid_points: NotRequired[int]
    """
    Number of grid points for each of the two rates.
    """
    concentration_parameter: NotRequired[float]
    """
    Concentration parameter of the Dirichlet prior.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    grid: NotRequired[int]
    """
    The same as grid_points.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


FailureCode: TypeAlias = Literal['cancelled', 'unsuitable_data', 'numerical_error', 'out_of_memory', 'time_limit', 'interrupted', 'engine_unavailable', 'engine_failed']
"""
Why a job has no result.
"""


class FelRequest(TypedDict):
    """
    Parameters of FEL: Fixed Effects Likelihood
    """

    alignment: NotRequired[str]
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    ci: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Compute profile likelihood confidence intervals for the rates of each variable site.
    """
    srv: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Let the synonymous rate vary from site to site.
    """
    resample: NotRequired[int]
    """
    Replicates of a parametric bootstrap for the null distribution of each site; 0 uses the asymptotic distribution. Much slower; meant for alignments of fewer than 30 sequences.
    """
    multiple_hits: NotRequired[Literal['None', 'Double', 'Double+Triple']]
    """
    How many nucleotides of a codon may change at once.
    """
    site_multihit: NotRequired[Literal['Estimate', 'Global']]
    """
    Whether rates of simultaneous substitutions are estimated at each site. Used only if they are allowed.
    """
    pvalue: NotRequired[float]
    """
    Threshold at which the log names a site as selected. The result contains the p-value of every site, whatever the threshold.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy', 'native']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """
    partitions_of: NotRequired[str]
    """
    Id of a completed GARD job, in place of `alignment` and `tree`: its alignment is analysed with the partitions and trees that GARD found.
    """


class FieldError(TypedDict):
    """
    One invalid field.
    """

    field: str
    """
    The field.
    """
    message: str
    """
    What is wrong with it and how to fix it.
    """


class FindingCounts(TypedDict):
    """
    Number of findings by level.
    """

    error: int
    """
    Errors.
    """
    warning: int
    """
    Warnings.
    """
    note: int
    """
    Notes.
    """


class FitmodelRequest(TypedDict):
    """
    Parameters of FitModel: Fit of a codon model
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    model: NotRequired[Literal['MG_REV', 'CORA', 'MG_REV_PROPERTIES', 'MSS', 'MG_GTR']]
    """
    Codon model to fit.
    """
    synonymous_classes: NotRequired[Literal['SynREV', 'Full', 'SynREV2', 'SynREV2g', 'SynREVCodon']]
    """
    Which synonymous substitutions have a rate of their own.
    """
    properties: NotRequired[Literal['2PROP', '3PROP', 'Atchley', 'LCAP']]
    """
    Set of amino acid properties.
    """
    null_omega: NotRequired[float]
    """
    Value of dN/dS under the null hypothesis, such as 1. If empty, nothing is tested.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


Format: TypeAlias = Literal['fasta', 'nexus', 'phylip', 'phylip_interleaved', 'clustal', 'newick', 'unknown']
"""
The file formats that [`read`](crate::read) tells apart.
"""


class FubarRequest(TypedDict):
    """
    Parameters of FUBAR: Fast, Unconstrained Bayesian AppRoximation
    """

    alignment: NotRequired[str]
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    grid_points: NotRequired[int]
    """
    Number of grid points for each of the two rates.
    """
    concentration_parameter: NotRequired[float]
    """
    Concentration parameter of the Dirichlet prior.
    """
    non_zero: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Leave synonymous rates of zero out of the grid, so that every dN/dS is finite.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    grid: NotRequired[int]
    """
    The same as grid_points.
    """
    engine: NotRequired[Literal['hyphy', 'native']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """
    partitions_of: NotRequired[str]
    """
    Id of a completed GARD job, in place of `alignment` and `tree`: its alignment is analysed with the partitions and trees that GARD found.
    """


class GardRequest(TypedDict):
    """
    Parameters of GARD: Genetic Algorithm for Recombination Detection
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    data_type: NotRequired[Literal['Nucleotide', 'Protein', 'Codon']]
    """
    Type of data in the alignment.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    run_mode: NotRequired[Literal['Normal', 'Faster']]
    """
    How thoroughly to search.
    """
    site_to_site_variation: NotRequired[Literal['None', 'General Discrete', 'Beta-Gamma']]
    """
    How rates vary from site to site.
    """
    rate_classes: NotRequired[int]
    """
    Number of rate classes. Used only if rates vary between sites.
    """
    model: NotRequired[Literal['LG', 'WAG', 'JTT', 'JC69', 'mtMet', 'mtVer', 'gcpREV', 'HIVBm', 'HIVWm', 'GTR']]
    """
    Protein substitution model. Used only for proteins.
    """
    max_breakpoints: NotRequired[int]
    """
    Maximum number of breakpoints to consider.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    site_rate_variation: NotRequired[Literal['None', 'General Discrete', 'Beta-Gamma']]
    """
    The same as site_to_site_variation.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class GeneticCodes(TypedDict):
    """
    The genetic codes that analyses of codons accept.
    """

    genetic_codes: list[CodeTable]
    """
    In HyPhy's order; the first is the default.
    """


class IdenticalGroup(TypedDict):
    """
    Sequences with the same residues.
    """

    count: int
    """
    Number of sequences in the group.
    """
    names: list[str]
    """
    The first 20 names.
    """


JobState: TypeAlias = Literal['queued', 'submitting', 'running', 'completed', 'failed', 'cancelled']
"""
State of a job.
"""


JobStatus: TypeAlias = Literal['queued', 'running', 'completed', 'error']
"""
State of a job in the published API's words.
"""


class JobStatusRequest(TypedDict):
    """
    A request for the states of many jobs.
    """

    ids: list[str]
    """
    Ids of jobs, at most 1,000.
    """


Kind: TypeAlias = Literal['nucleotide', 'codon', 'protein']
"""
The kind of an alignment.
"""


class LeisrRequest(TypedDict):
    """
    Parameters of LEISR: Likelihood Estimation of Individual Site Rates
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    data_type: NotRequired[Literal['Nucleotide', 'Protein']]
    """
    Type of data in the alignment.
    """
    nucleotide_model: NotRequired[Literal['GTR', 'HKY85', 'JC69']]
    """
    Nucleotide substitution model. Used only if data_type is Nucleotide.
    """
    protein_model: NotRequired[Literal['LG', 'WAG', 'JTT', 'JC69', 'mtMet', 'mtVer', 'gcpREV', 'HIVBm', 'HIVWm', 'GTR']]
    """
    Protein substitution model. Used only if data_type is Protein.
    """
    rate_variation: NotRequired[Literal['No', 'Gamma', 'GDD']]
    """
    How rates vary from site to site in the model that estimates branch lengths.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


Level: TypeAlias = Literal['error', 'warning', 'note']
"""
Severity of a [`Finding`].
"""


class MemeRequest(TypedDict):
    """
    Parameters of MEME: Mixed Effects Model of Evolution
    """

    alignment: NotRequired[str]
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    rates: NotRequired[int]
    """
    Number of nonsynonymous rate classes at each site; 2 is strongly recommended.
    """
    resample: NotRequired[int]
    """
    Replicates of a parametric bootstrap for the null distribution of each site; 0 uses the asymptotic distribution. Much slower; meant for alignments of fewer than 30 sequences.
    """
    multiple_hits: NotRequired[Literal['None', 'Double', 'Double+Triple']]
    """
    How many nucleotides of a codon may change at once.
    """
    site_multihit: NotRequired[Literal['Estimate', 'Global']]
    """
    Whether rates of simultaneous substitutions are estimated at each site. Used only if they are allowed.
    """
    impute_states: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Impute the most likely codons of each sequence from the fit at each site.
    """
    pvalue: NotRequired[float]
    """
    Threshold at which the log names a site as selected. The result contains the p-value of every site, whatever the threshold.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy', 'native']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """
    partitions_of: NotRequired[str]
    """
    Id of a completed GARD job, in place of `alignment` and `tree`: its alignment is analysed with the partitions and trees that GARD found.
    """


class MethodEngine(TypedDict):
    """
    An engine that has an analysis.
    """

    id: str
    """
    Its word in the request's field `engine`: `hyphy` or `native`.
    """
    name: str
    """
    Its name.
    """
    status: Availability
    """
    Whether this server can run the analysis by it.
    """
    lacks: list[str]
    """
    Names of parameters that it does not support. They must have their default values.
    """
    usual_seconds: int
    """
    Usual run time in seconds for 20 sequences and 50 different variable sites on one thread, with
    default options.
    """
    stages: list[str]
    """
    The stages of a run, in order, as `progress.stage` of a job names them.
    """


class MethodExample(TypedDict):
    """
    A small request with its data.
    """

    alignment: NotRequired[ExampleFile | None]
    tree: NotRequired[ExampleFile | None]
    request: dict[str, Any]
    """
    The other fields of the request. Add the ids of the uploaded files as `alignment` and
    `tree`.
    """


class MethodLimits(TypedDict):
    """
    Limits on the data of one analysis.
    """

    method: str
    """
    The analysis, such as `fel`.
    """
    max_sequences: NotRequired[int | None]
    """
    Sequences, or leaves of the tree.
    """
    max_sites: NotRequired[int | None]
    """
    Columns of the alignment.
    """


MethodStatus: TypeAlias = Literal['available']
"""
The status of an analysis that the server can run.
"""


class MethodSuitability(TypedDict):
    """
    Whether datasets suit an analysis, before all its parameters are chosen.
    """

    method: str
    """
    The analysis, such as `fel`.
    """
    problems: list[FieldError]
    """
    Why it cannot run on the datasets, by the field of the request; empty if it can.
    """
    warnings: list[str]
    """
    What to consider before it runs.
    """
    data_type: NotRequired[str | None]
    """
    The value of the parameter `data_type` that fits the alignment; absent if the analysis has
    no such parameter or no value fits.
    """
    expected_seconds: float
    """
    HyPhy's usual run time in seconds on one thread, with the given parameters and defaults for
    the others: an order of magnitude.
    """
    native_seconds: NotRequired[float | None]
    """
    The same for the native engine; absent if it does not have the analysis.
    """


class Model(TypedDict):
    """
    A fitted model.
    """

    name: str
    """
    Name as HyPhy spells it.
    """
    log_likelihood: NotRequired[float | None]
    """
    Natural logarithm of the likelihood.
    """
    aic_c: NotRequired[float | None]
    """
    Akaike's information criterion, corrected for small samples.
    """
    parameters: NotRequired[int | None]
    """
    Number of estimated parameters.
    """


class MultihitRequest(TypedDict):
    """
    Parameters of MULTI-HIT: Multiple-hit substitutions (FitMultiModel)
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    rate_classes: NotRequired[int]
    """
    Number of dN/dS classes; 1 means the same dN/dS at all sites.
    """
    triple_islands: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Estimate a separate rate for synonymous triple substitutions.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class NameChange(TypedDict):
    """
    A name that is changed for the engine.
    """

    user: str
    """
    In the file.
    """
    engine: str
    """
    For the engine.
    """


class Naming(TypedDict):
    """
    A change of a name and tags. Absent fields keep their values.
    """

    name: NotRequired[str | None]
    """
    The name: at most 200 characters. An empty one, or `null`, removes the name of a job;
    datasets and screens must have one.
    """
    tags: NotRequired[list[str] | None]
    """
    The tags, in place of all earlier ones: at most 20 words or phrases of at most 50 characters
    each, without commas. `null` removes all.
    """


class NewChatMessage(TypedDict):
    """
    A message to the assistant.
    """

    message: str
    """
    Its text, at most 100,000 characters.
    """
    confirm: NotRequired[bool | None]
    """
    Whether it confirms what the assistant asked to confirm (`to_confirm`). By default, only a message such as
    `yes` does.
    """


class NewConversation(TypedDict):
    """
    A request for a new conversation.
    """

    title: NotRequired[str | None]
    """
    Its title, at most 200 characters.
    """


class NrmRequest(TypedDict):
    """
    Parameters of NRM: Nucleotide Non-Reversible Model
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    Has no effect: nucleotides have no genetic code.
    """
    save_fit: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Keep the fitted likelihood function of NREV12+F, for use in HyPhy.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


ParameterRole: TypeAlias = Literal['dataset', 'genetic_code', 'branches', 'branch_sets', 'compartments', 'value']
"""
What a parameter means, beyond its JSON type.
"""


ParameterType: TypeAlias = Literal['string', 'integer', 'number', 'array']
"""
The JSON type of a parameter.
"""


class PartitionHealth(TypedDict):
    """
    A partition of the cluster.
    """

    name: str
    """
    Its name.
    """
    up: bool
    """
    Whether it accepts and starts jobs.
    """
    nodes: NotRequired[int | None]
    """
    Number of its nodes, in any state; absent if Slurm does not report it.
    """


class PrimeRequest(TypedDict):
    """
    Parameters of PRIME: Property Informed Models of Evolution
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    pvalue: NotRequired[float]
    """
    Threshold at which the log names a site as selected. The result contains the p-value of every site, whatever the threshold.
    """
    properties: NotRequired[Literal['Atchley', 'LCAP', 'Random', '2PROP', '3PROP', '4PROP', '5PROP']]
    """
    Set of amino acid properties.
    """
    impute_states: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Impute the most likely codons of each sequence from the fit at each site.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class Problem(TypedDict):
    """
    The reason why a request failed (`application/problem+json`, RFC 9457). The fields `error`,
    `code`, `message`, `errors` and `job_id` are those of the published API.
    """

    type: str
    """
    Path of a page about this kind of problem.
    """
    title: str
    """
    The kind of problem in a few words; the same for every problem of this kind.
    """
    status: int
    """
    HTTP status code.
    """
    detail: str
    """
    What was wrong with this request, and how to fix it.
    """
    error: str
    """
    The same as `detail`.
    """
    message: str
    """
    The same as `detail`.
    """
    details: NotRequired[str]
    """
    The same as `detail`.
    """
    code: int
    """
    The same as `status`.
    """
    errors: NotRequired[list[FieldError]]
    """
    Every invalid field, if the error is about fields.
    """
    job_id: NotRequired[str | None]
    """
    The job that the request was about, if any.
    """
    retry_after: NotRequired[int | None]
    """
    Seconds after which to repeat the request, as in `Retry-After`; absent if repeating it does
    not help.
    """
    incident: NotRequired[str | None]
    """
    For an internal error: the id under which the log has the cause.
    """
    request_id: NotRequired[str | None]
    """
    Id of the request, as in `X-Request-Id`. The service's log has it in every line about the
    request.
    """


class Progress(TypedDict):
    """
    Progress of a job, read from the engine's output.
    """

    stage: str
    """
    Name of the current stage.
    """
    stage_number: int
    """
    Number of the current stage, from 1; 0 before the first.
    """
    stages: int
    """
    Number of stages.
    """
    fraction: float
    """
    Completed fraction of the whole, 0 to 1. It never decreases.
    """
    counted: NotRequired[str | None]
    """
    What is being counted, such as `17/86` site patterns.
    """


class QueuePlace(TypedDict):
    """
    Position of a job in the queue.
    """

    position: int
    """
    Position; 1 is the next job to run.
    """
    expected_start: NotRequired[str | None]
    """
    Estimated start, from the usual run times of the jobs ahead; absent if that is unknown, and
    on a cluster, whose queue is shared with other users.
    """
    expected_end: NotRequired[str | None]
    """
    Estimated end.
    """


class Rate(TypedDict):
    """
    An estimate.
    """

    name: str
    """
    The estimated quantity.
    """
    value: NotRequired[float | None]
    """
    Its value; absent if it is not finite.
    """
    weight: NotRequired[float | None]
    """
    Fraction of sites or branches with this rate, 0 to 1, if it belongs to a distribution.
    """


class ReadinessCheck(TypedDict):
    """
    A check of something that jobs need.
    """

    name: str
    """
    What was checked: `database`, `folders`, `space`, `scheduler` or `engine`.
    """
    ok: bool
    """
    Whether it works.
    """
    detail: str
    """
    What was found, or what is wrong.
    """


Recombination: TypeAlias = Literal['auto', 'skip']
"""
Whether a screen looks for recombination first.
"""


class Reference(TypedDict):
    """
    A publication to cite.
    """

    text: str
    """
    Authors, year, title, journal.
    """
    doi: str
    """
    Digital object identifier.
    """


class RelaxRequest(TypedDict):
    """
    Parameters of RELAX: Hypothesis testing for relaxed selection
    """

    alignment: str
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    test_branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or Internal, Leaves, Unlabeled-branches. Empty means the branches labelled Test.
    """
    reference_branches: NotRequired[str | list[str]]
    """
    Branches to compare with. Empty means the branches labelled Reference if test_branches is also empty, and otherwise all branches that are not tested.
    """
    models: NotRequired[Literal['All', 'Minimal']]
    """
    Whether to fit descriptive models besides those of the test.
    """
    rates: NotRequired[int]
    """
    Number of dN/dS classes; more take longer.
    """
    kill_zero_lengths: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Delete internal branches of length zero before fitting the codon models.
    """
    multiple_hits: NotRequired[Literal['None', 'Double', 'Double+Triple']]
    """
    How many nucleotides of a codon may change at once.
    """
    srv: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Let the synonymous rate vary from site to site.
    """
    grid_size: NotRequired[int]
    """
    Number of grid points for the initial estimate of the distributions.
    """
    starting_points: NotRequired[int]
    """
    Number of starting points for the optimization; at most a tenth of the starting grid size.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


class ScreenRequest(TypedDict):
    """
    A request for a screen. Everything but the data has a default.
    """

    alignment: NotRequired[str | None]
    """
    Dataset with the alignment of codons. Required without `partitions_of`.
    """
    tree: NotRequired[str | None]
    """
    Dataset with the tree. Without it, the one in the alignment's file is used, or one is
    inferred.
    """
    partitions_of: NotRequired[str | None]
    """
    Id of a GARD job, in place of `alignment`: its alignment is analysed with the partitions that
    GARD found.
    """
    name: NotRequired[str]
    """
    Name of the screen. The default is the name of the alignment.
    """
    genetic_code: NotRequired[str | None]
    """
    Genetic code. The default is the Universal code.
    """
    branches: NotRequired[list[str]]
    """
    Branches to test, for the analyses that test chosen branches. Empty means all.
    """
    recombination: NotRequired[Recombination]
    """
    Whether to look for recombination first.
    """
    methods: NotRequired[list[str]]
    """
    The analyses. The default is gard, fel, meme, fubar, busted and absrel.
    """
    engine: NotRequired[str | None]
    """
    The engine of the analyses that it has: `hyphy` (the default) or `native`. HyPhy runs the
    others.
    """
    parameters: NotRequired[dict[str, Any]]
    """
    Other parameters, by analysis: `{"fel": {"pvalue": 0.05}}`.
    """


ScreenState: TypeAlias = Literal['running', 'completed']
"""
Whether there is anything left to do.
"""


ScreenStepState: TypeAlias = Literal['waiting', 'skipped', 'refused', 'deleted', 'queued', 'submitting', 'running', 'completed', 'failed', 'cancelled']
"""
State of a screen's analysis: that of its job, if it has one.
"""


Selection: TypeAlias = Literal['positive', 'negative']
"""
A direction of selection.
"""


class ServerSentEvent(TypedDict):
    """
    An event of a stream.
    """

    id: NotRequired[str | None]
    """
    Position in the stream; increases over all jobs.
    """
    event: NotRequired[str | None]
    """
    `state`, `progress`, `estimate`, `named` or `deleted`.
    """
    data: NotRequired[str | None]
    """
    A `JobEvent` in JSON.
    """


class Session(TypedDict):
    """
    The caller's session. In open mode, where all callers share one owner, only `access` is present.
    """

    access: str
    """
    `open`: all callers share one owner. `tokens`: each session has its own data.
    """
    subject: NotRequired[str | None]
    """
    Id of the session: a UUID.
    """
    created: NotRequired[str | None]
    """
    When it began.
    """
    used: NotRequired[str | None]
    """
    When it was last used, to the minute.
    """
    expires: NotRequired[str | None]
    """
    When it and its data will be removed if it is not used again.
    """
    token: NotRequired[str | None]
    """
    A new token (JWT, HS256), if one was requested. Valid until `expires`.
    """


class Share(TypedDict):
    """
    A link that gives anyone read access to a job.
    """

    share_token: str
    """
    Unguessable: 64 hexadecimal digits.
    """
    path: str
    """
    Path of the job for anyone with the link. Its result, summary and log are below this path.
    """


SiteCall = TypedDict(
    'SiteCall',
    {
        'class': NotRequired[str | None],
        'selection': NotRequired[Selection | None],
        'value': NotRequired[float | None],
    },
)


class SiteCalls(TypedDict):
    """
    What all analyses of sites say about a codon.
    """

    site: int
    """
    Number of the codon in the alignment, from 1.
    """
    calls: list[SiteCall | None]
    """
    What each analysis says, in the order of `site_analyses`; `null` if it has not analysed the
    codon.
    """
    positive: int
    """
    How many analyses find positive selection.
    """
    negative: int
    """
    How many analyses find negative selection.
    """
    direction: NotRequired[Selection | None]
    agree: int
    """
    Consensus: how many analyses agree on a direction.
    """


class SiteRange(TypedDict):
    """
    Columns `first..=last`, counted from 1, every `step`-th of them.
    """

    first: int
    """
    First column, from 1.
    """
    last: int
    """
    Last column, inclusive.
    """
    step: int
    """
    Distance between columns; 1 unless the file says `\\n`.
    """


class SlacRequest(TypedDict):
    """
    Parameters of SLAC: Single-Likelihood Ancestor Counting
    """

    alignment: NotRequired[str]
    """
    The alignment: id of its dataset.
    """
    tree: NotRequired[str]
    """
    The tree: id of its dataset. Not needed if the alignment file contains a tree.
    """
    prune: NotRequired[Literal['Tree', 'Alignment', 'Both']]
    """
    What to remove if the alignment and the tree have different taxa: leaves without a sequence (Tree), sequences without a leaf (Alignment), or both (Both). If empty, such data are rejected.
    """
    genetic_code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The code that translates the codons: Universal for nuclear genes of most organisms.
    """
    branches: NotRequired[str | list[str]]
    """
    Branches to test: names of leaves or internal nodes, labels in the tree, or one of HyPhy's keywords All, Internal, Leaves, Unlabeled-branches. Empty means all.
    """
    samples: NotRequired[int]
    """
    Number of samples for assessing the uncertainty of the ancestral reconstruction; 0 skips it.
    """
    pvalue: NotRequired[float]
    """
    Threshold at which the log names a site as selected. The result contains the p-value of every site, whatever the threshold.
    """
    alignment_file: NotRequired[str]
    """
    The same as alignment.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    code: NotRequired[Literal['Universal', 'Vertebrate-mtDNA', 'Yeast-mtDNA', 'Mold-Protozoan-mtDNA', 'Invertebrate-mtDNA', 'Ciliate-Nuclear', 'Echinoderm-mtDNA', 'Euplotid-Nuclear', 'Alt-Yeast-Nuclear', 'Ascidian-mtDNA', 'Flatworm-mtDNA', 'Blepharisma-Nuclear', 'Chlorophycean-mtDNA', 'Trematode-mtDNA', 'Scenedesmus-obliquus-mtDNA', 'Thraustochytrium-mtDNA', 'Pterobranchia-mtDNA', 'SR1-and-Gracilibacteria', 'Pachysolen-Nuclear', 'Mesodinium-Nuclear', 'Peritrich-Nuclear', 'Cephalodiscidae-mtDNA']]
    """
    The same as genetic_code.
    """
    engine: NotRequired[Literal['hyphy', 'native']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """
    partitions_of: NotRequired[str]
    """
    Id of a completed GARD job, in place of `alignment` and `tree`: its alignment is analysed with the partitions and trees that GARD found.
    """


class CompartmentDefinition(TypedDict):
    description: str
    regexp: str


class SlatkinRequest(TypedDict):
    """
    Parameters of Slatkin-Maddison: Slatkin-Maddison test for compartmentalization
    """

    tree: str
    """
    Id of the dataset that holds the tree.
    """
    groups: NotRequired[int]
    """
    Number of compartments; must equal the number of definitions.
    """
    compartment_definitions: list[CompartmentDefinition]
    """
    The compartments: objects with a description and a regular expression for the names of the leaves. Every leaf must be in one compartment.
    """
    replicates: NotRequired[int]
    """
    Number of permutations.
    """
    weight: NotRequired[float]
    """
    Probability that a branch is chosen in structured permutations: 0 is the classical test, 1 is fully structured.
    """
    use_bootstrap: NotRequired[Literal['Yes', 'No', True, False]]
    """
    Use the bootstrap support in the tree to decide which clades are permuted.
    """
    tree_file: NotRequired[str]
    """
    The same as tree.
    """
    engine: NotRequired[Literal['hyphy']]
    """
    The engine that runs the analysis. Not a parameter.
    """
    user_token: NotRequired[str]
    """
    Token that identifies the user. Not a parameter.
    """
    callback_url: NotRequired[str]
    """
    An https address that the service calls when the job ends (Standard Webhooks). GET /jobs/{id}/deliveries returns the secret. Not a parameter.
    """
    notify: NotRequired[str]
    """
    An e-mail address that the service notifies when the job ends, if it sends mail. Not a parameter.
    """


Status: TypeAlias = Literal['healthy', 'unhealthy', 'unknown']
"""
Health of a component.
"""


Strength: TypeAlias = Literal['none', 'weak', 'moderate', 'strong']
"""
How strong the evidence of positive selection in a gene is. Three kinds count: the test of the
whole gene, codons that at least two analyses detect, and branches. Analyses of one kind read the
same substitutions, so several of them count once.
"""


class Suitabilities(TypedDict):
    """
    Whether datasets suit the analyses.
    """

    methods: list[MethodSuitability]
    """
    In the order of the list of methods.
    """


class Test(TypedDict):
    """
    A likelihood ratio test, or a permutation test, which has no ratio.
    """

    name: str
    """
    The hypothesis that is tested.
    """
    lrt: NotRequired[float | None]
    """
    Likelihood ratio test statistic.
    """
    p_value: NotRequired[float | None]
    """
    Its p-value.
    """


class Threshold(TypedDict):
    """
    A threshold.
    """

    of: str
    """
    What it applies to: a column of the table, or `p-value`.
    """
    value: float
    """
    Its value.
    """
    direction: Direction
    """
    Which values pass it.
    """


TreeInput: TypeAlias = Literal['required', 'rooted', 'none']
"""
Whether an analysis takes a tree.
"""


class TreeNode(TypedDict):
    """
    A node of a tree, with the branch above it.
    """

    name: str
    """
    Name. An internal node without one has the name that HyPhy gives it, such as `Node3`.
    """
    parent: NotRequired[int | None]
    """
    Index of the parent in `nodes`, from 0; absent for the root.
    """
    length: NotRequired[float | None]
    """
    Length of the branch, usually in substitutions per site.
    """
    support: NotRequired[str | None]
    """
    Support as the file gives it, such as `98` or `0.99`.
    """
    label: NotRequired[str | None]
    """
    Label of the branch, such as `Foreground`.
    """


class TreeReport(TypedDict):
    """
    Summary of a tree.
    """

    leaves: int
    """
    Number of leaves.
    """
    internal_nodes: int
    """
    Number of internal nodes, the root included.
    """
    rooted: bool
    """
    Whether the root has exactly two branches.
    """
    has_lengths: bool
    """
    Whether all branches have lengths.
    """
    polytomies: int
    """
    Nodes with more than two child branches; for the root of an unrooted tree, more than three.
    """
    leaf_names: list[str]
    """
    Names of the leaves, the first 10,000.
    """
    internal_names: list[str]
    """
    Names of the internal nodes as HyPhy uses them (`Node3` if the file gives none), without the
    root; the first 10,000.
    """
    labels: dict[str, int]
    """
    Branch labels and the number of branches with each label; the first 1,000 in alphabetical
    order.
    """


class UpdateVisualizationRequest(TypedDict):
    """
    Changes to a figure. Absent fields stay unchanged.
    """

    title: NotRequired[str | None]
    """
    Title.
    """
    description: NotRequired[str | None]
    """
    Description of the figure.
    """
    spec: NotRequired[dict[str, Any] | None]
    """
    The specification.
    """
    config: NotRequired[dict[str, Any] | None]
    """
    Settings of the program that renders it.
    """
    metadata: NotRequired[dict[str, Any] | None]
    """
    Provenance.
    """


class UploadForm(TypedDict):
    """
    An upload (`multipart/form-data`, RFC 7578).
    """

    file: NotRequired[bytes | None]
    """
    The file: an alignment, a tree, or both. Any content is accepted, and the report describes
    it.
    """
    url: NotRequired[str | None]
    """
    An https URL to fetch the file from, in place of the file. Public addresses only.
    """
    meta: DatasetMeta
    """
    Description of the dataset, as JSON text.
    """
    user_token: NotRequired[str | None]
    """
    The session's token, for clients that do not send it in a header.
    """


class Usage(TypedDict):
    """
    A limit and its usage.
    """

    limit: NotRequired[int | None]
    """
    The limit; absent if unlimited.
    """
    used: int
    """
    The caller's usage.
    """


class Visualization(TypedDict):
    """
    A figure: a specification that a library such as Vega-Lite renders. It is stored unchanged.
    """

    viz_id: str
    """
    Id: `viz_`, seconds since 1970, `_`, hexadecimal digits.
    """
    job_id: str
    """
    The job whose result it shows. The figure is deleted with the job.
    """
    dataset_id: NotRequired[str | None]
    """
    The dataset that it shows, if it shows one.
    """
    title: str
    """
    Title.
    """
    description: NotRequired[str | None]
    """
    Description of the figure.
    """
    spec: dict[str, Any]
    """
    The specification.
    """
    config: NotRequired[dict[str, Any] | None]
    """
    Settings of the program that renders it.
    """
    metadata: NotRequired[dict[str, Any] | None]
    """
    Provenance: `library`, `generated_by`, `prompt`.
    """
    created_at: str
    """
    When it was created.
    """
    updated_at: str
    """
    When it was last changed.
    """


class Visualizations(TypedDict):
    """
    A list of figures.
    """

    visualizations: list[Visualization]
    """
    Newest first.
    """


What: TypeAlias = Literal['alignment', 'tree', 'alignment_and_tree', 'unknown']
"""
Content of a file.
"""


class AlignmentPart(TypedDict):
    """
    A part of an alignment.
    """

    alphabet: Alphabet
    """
    What the residues stand for.
    """
    sequences: int
    """
    Number of sequences in the whole alignment.
    """
    sites: int
    """
    Number of columns in the whole alignment: the length of its longest sequence.
    """
    first_sequence: int
    """
    Position of the first sequence in `rows`, from 1.
    """
    first_site: int
    """
    Position of the first column in `rows`, from 1.
    """
    rows: list[AlignmentRow]
    """
    The sequences, in the order of the file. There are fewer than requested if they would have
    more than 4,000,000 residues.
    """
    variable: NotRequired[list[int] | None]
    """
    The positions in the whole alignment where sequences differ, from 1, in the requested unit.
    Positions with a gap are not compared.
    """


class ChatEvent2(TypedDict):
    """
    The assistant uses an operation.
    """

    data: ChatOperation
    """
    The assistant uses an operation.
    """
    event: Literal['operation']


class ChatMessage(TypedDict):
    """
    A message of a conversation.
    """

    role: ChatRole
    """
    Who said it.
    """
    content: str
    """
    Its text.
    """
    timestamp: int
    """
    When it was sent, in milliseconds since 1970.
    """
    operations: NotRequired[list[str]]
    """
    The operations that the assistant used for it, by their ids.
    """
    to_confirm: NotRequired[list[ChatOperation]]
    """
    What the assistant will do only if the next message confirms it.
    """


class ChatMessages(TypedDict):
    """
    The messages of a conversation.
    """

    messages: list[ChatMessage]
    """
    Oldest first.
    """


class ClusterHealth(TypedDict):
    """
    State of the cluster that jobs run on.
    """

    version: NotRequired[str | None]
    """
    Version of Slurm; absent until Slurm has responded.
    """
    reachable: bool
    """
    Whether it responded to the last query.
    """
    unreachable_since: NotRequired[str | None]
    """
    Since when it has not responded.
    """
    last_contact: NotRequired[str | None]
    """
    When it last responded.
    """
    pending: int
    """
    Jobs of this service that are pending in the cluster's queue.
    """
    running: int
    """
    Jobs of this service that are running.
    """
    all_pending: NotRequired[int]
    """
    Pending jobs of all users, as last reported; queried every 30 s.
    """
    all_running: NotRequired[int]
    """
    Running jobs of all users.
    """
    partitions: list[PartitionHealth]
    """
    Its partitions, as last reported.
    """


Column = TypedDict(
    'Column',
    {
        'name': str,
        'description': str,
        'role': NotRequired[ColumnRole | None],
        'direction': NotRequired[Direction | None],
        'statistic': NotRequired[str | None],
        'class': NotRequired[str | None],
    },
)


class Deliveries(TypedDict):
    """
    The notifications that were requested for a job.
    """

    secret: str
    """
    Secret that signs the job's webhooks (HMAC-SHA256), in the form that Standard Webhooks
    libraries expect: `whsec_` followed by base64.
    """
    deliveries: list[Delivery]
    """
    In the order in which they were requested.
    """


class Finding(TypedDict):
    """
    One observation about a file, in words for a biologist, with a stable code for programs.
    """

    level: Level
    """
    Its severity.
    """
    code: str
    """
    Stable kebab-case identifier, such as `internal-stop-codon`.
    """
    sequence: NotRequired[str | None]
    """
    The sequence or leaf it is about.
    """
    site: NotRequired[int | None]
    """
    The alignment column it is about, counted from 1.
    """
    line: NotRequired[int | None]
    """
    The line of the file, counted from 1.
    """
    message: str
    """
    The problem, in one sentence.
    """
    remedy: str
    """
    How to fix it.
    """


class HealthDetails(TypedDict):
    """
    Health of each component, with a sentence about it.
    """

    datamonkey: Status
    """
    The service itself.
    """
    job_scheduler: Status
    """
    The scheduler that runs the jobs.
    """
    database: Status
    """
    The database of datasets and jobs: whether it can be read and written.
    """
    database_detail: NotRequired[str | None]
    """
    Why the database is unusable; absent if it works.
    """
    llm: Status
    """
    The language model behind `/chat`: `unhealthy` if it failed when it was last asked, `unknown` if none is
    configured.
    """
    engine: Status
    """
    The HyPhy program.
    """
    engine_detail: str
    """
    Which engine was found, or how to fix the problem if there is none.
    """
    engine_version: NotRequired[str | None]
    """
    The version of HyPhy, such as `2.5.68`; absent if there is none.
    """
    native_engine: Status
    """
    The native engine: whether jobs with `"engine": "native"` can run. Other analyses need HyPhy.
    """
    native_engine_detail: str
    """
    What the native engine can run, or how to fix the problem if it is unusable.
    """
    scheduler: str
    """
    Kind of scheduler, such as `LocalScheduler`.
    """
    scheduler_detail: str
    """
    State of the scheduler, in a sentence.
    """
    cluster: NotRequired[ClusterHealth | None]
    sandbox: str
    """
    Confinement of jobs: `full` (files and TCP by Landlock, system calls by seccomp), `partial`
    (the kernel lacks some of that) or `none`.
    """
    cleaned: NotRequired[str | None]
    """
    When unused sessions were last removed with their data; absent before the first time, and if
    nothing is removed.
    """
    cleaned_sessions: int
    """
    Number of sessions removed since the service started.
    """
    delayed: NotRequired[DelayedJobs | None]
    waiting_jobs: int
    """
    Waiting jobs of all owners. A job that is started now is queued behind them.
    """
    sends_mail: bool
    """
    Whether the service sends mail, and therefore whether `notify` can be used when a job is
    started.
    """
    takes_uploads: bool
    """
    Whether there is enough disk space for uploads.
    """
    version: str
    """
    Version of the service.
    """
    access: str
    """
    `open`: all callers share one owner. `tokens`: each session has its own data.
    """


class JobEstimate(TypedDict):
    """
    The estimate of a job: the native engine's answer, computed while HyPhy runs the job.
    """

    status: EstimateStatus
    """
    Whether it is there.
    """
    progress: NotRequired[Progress | None]


class JobEvent(TypedDict):
    """
    Something that happened to a job: the `data` of a server-sent event. The event's `event` is
    `state`, `progress`, `estimate`, `named` or `deleted`. Its `id` increases over all jobs, and a client can send it
    back as `Last-Event-ID`.
    """

    job_id: str
    """
    The job.
    """
    at: str
    """
    When it happened.
    """
    state: JobState
    """
    State at that time.
    """
    status: JobStatus
    """
    The state in the published API's words.
    """
    progress: NotRequired[Progress | None]
    estimate: NotRequired[JobEstimate | None]
    remaining_seconds: NotRequired[float | None]
    """
    Estimated remaining seconds; absent until a third is done.
    """
    error_message: NotRequired[str | None]
    """
    Why there is no result, if the job ended without one.
    """


class Limits(TypedDict):
    """
    All limits of the service, and the caller's usage of the limits per owner.
    """

    queued_jobs: Usage
    """
    Waiting jobs of an owner.
    """
    running_jobs: Usage
    """
    Running jobs of an owner; further jobs wait.
    """
    stored_bytes: Usage
    """
    Bytes of an owner's datasets, as uploaded, and figures.
    """
    visualizations: Usage
    """
    Figures of an owner.
    """
    max_upload_bytes: int
    """
    Size of an upload, in bytes.
    """
    max_body_bytes: int
    """
    Size of the body of any other request, in bytes.
    """
    max_unpacked_bytes: int
    """
    Size of an upload after decompression, in bytes.
    """
    max_sequences: int
    """
    Sequences in an alignment.
    """
    max_sites: int
    """
    Columns of an alignment.
    """
    max_name_length: int
    """
    Length of a name, in bytes.
    """
    max_tree_depth: int
    """
    Nodes on the path from a tree's root to a leaf.
    """
    methods: list[MethodLimits]
    """
    Analyses with lower limits.
    """
    requests_per_second: NotRequired[int | None]
    """
    Sustained requests per second from one address; absent if unlimited.
    """
    requests_at_once: NotRequired[int | None]
    """
    Requests that one address may send at once; absent if unlimited.
    """
    session_seconds: NotRequired[int | None]
    """
    Seconds after which an unused session is removed; absent if there are no sessions.
    """
    takes_uploads: bool
    """
    Whether there is enough disk space for uploads.
    """


class MethodInput(TypedDict):
    """
    The data that an analysis takes.
    """

    data: DataInput
    """
    Kind of alignment.
    """
    tree: TreeInput
    """
    Whether it takes a tree.
    """
    branches: BranchInput
    """
    How branches are chosen.
    """
    partitions: bool
    """
    Whether it analyses each partition of an alignment separately. Other analyses treat all
    sites as one.
    """
    min_sequences: int
    """
    Minimum number of sequences.
    """
    usual_seconds: int
    """
    Usual run time in seconds for 20 sequences and 50 different variable sites on one thread, with
    default options. `/methods/suitability` estimates that of datasets.
    """


class MethodParameter(TypedDict):
    """
    One parameter of an analysis.
    """

    name: str
    """
    Name in the request.
    """
    label: NotRequired[str | None]
    """
    Label in forms.
    """
    description: str
    """
    What it does.
    """
    required: bool
    """
    Whether it is required.
    """
    type: ParameterType
    """
    JSON type of its value.
    """
    role: ParameterRole
    """
    What it means.
    """
    default: NotRequired[str | None]
    """
    Default value.
    """
    enum: NotRequired[list[str]]
    """
    Accepted words.
    """
    minimum: NotRequired[float | None]
    """
    Smallest value.
    """
    maximum: NotRequired[float | None]
    """
    Largest value.
    """
    advanced: bool
    """
    Whether it is rarely needed.
    """
    available: bool
    """
    Whether the first available engine of the method supports it.
    """
    since: str
    """
    First version of HyPhy that supports it, as the program reports its version.
    """


class Partition(TypedDict):
    """
    A named set of columns (a NEXUS `CHARSET`).
    """

    name: str
    """
    Its name in the file.
    """
    ranges: list[SiteRange]
    """
    Its columns, in the order of the file.
    """


class Phylogeny(TypedDict):
    """
    A tree.
    """

    name: NotRequired[str | None]
    """
    Its name, if it has one.
    """
    rooted: bool
    """
    Whether the root has exactly two branches.
    """
    nodes: list[TreeNode]
    """
    Nodes in preorder: each after its parent, the root first.
    """


class Readiness(TypedDict):
    """
    Whether the service can take and run jobs.
    """

    ready: bool
    """
    Whether every check succeeded.
    """
    checks: list[ReadinessCheck]
    """
    The checks that failed; with `verbose`, all of them.
    """


class Report(TypedDict):
    """
    A summary of a [`Document`](crate::Document). Lists are bounded; counts include everything.

    Without an alignment, all numbers about one are 0.
    """

    what: What
    """
    What the file holds.
    """
    kind: NotRequired[Kind | None]
    format: Format
    """
    The file's format.
    """
    gzip: bool
    """
    Whether it was compressed with gzip.
    """
    compression: NotRequired[Compression]
    """
    How it was compressed.
    """
    sequences: int
    """
    Number of sequences.
    """
    sites: int
    """
    Columns: the length of the longest sequence.
    """
    codons: NotRequired[int | None]
    """
    Codons, if the alignment is in frame.
    """
    aligned: bool
    """
    Whether all sequences have the same length.
    """
    partitions: list[Partition]
    """
    Named sets of columns, the first 1,000.
    """
    gaps: float
    """
    Fraction of gaps (`-`) among all residues, 0 to 1.
    """
    ambiguity: float
    """
    Fraction of ambiguity letters and missing residues (`?`, `N`, `R`, `X`, …) among all
    residues, 0 to 1.
    """
    variable_sites: int
    """
    Columns with at least two different unambiguous residues.
    """
    identical_sequences: int
    """
    Sequences that are identical to an earlier one.
    """
    identical_groups: list[IdenticalGroup]
    """
    Groups of identical sequences, the first 100.
    """
    genetic_codes: list[str]
    """
    HyPhy's names of the genetic codes under which the alignment is in frame without internal
    stops.
    """
    names_changed: int
    """
    Number of names that are changed for the engine.
    """
    name_changes: list[NameChange]
    """
    The first 200 of these names.
    """
    tree: NotRequired[TreeReport | None]
    trees: int
    """
    Number of trees.
    """
    findings: list[Finding]
    """
    The first 200 findings.
    """
    finding_counts: FindingCounts
    """
    Number of findings.
    """


class RowClass(TypedDict):
    """
    A class of rows, as the column `class` names it, and the rows that belong to it.
    """

    name: str
    """
    Its name.
    """
    meaning: str
    """
    What it means.
    """
    selection: NotRequired[Selection | None]
    column: NotRequired[str | None]
    """
    The column whose values decide about it; absent if none does by itself.
    """
    rows: list[int]
    """
    Positions of its rows in `table.rows`, from 0, with the strongest evidence first.
    """


class ScreenAnalysis(TypedDict):
    """
    One analysis of a screen.
    """

    method: str
    """
    The analysis, such as `fel`.
    """
    name: str
    """
    Its name, such as `FEL`.
    """
    question: str
    """
    The question that it answers.
    """
    state: str
    """
    Its state, as in the screen.
    """
    job_id: NotRequired[str | None]
    """
    Its job; absent if it has none.
    """
    statement: NotRequired[str | None]
    """
    The finding in sentences, which name the first sites or branches; absent until there is one.
    """
    finding: NotRequired[str | None]
    """
    The finding without the sentences that name sites or branches; absent until there is one.
    """
    preliminary: bool
    """
    Whether the finding is that of the estimate: HyPhy's result will replace it.
    """
    positive_selection: NotRequired[bool | None]
    """
    Whether it found positive selection; absent if it cannot, or has no result.
    """
    note: NotRequired[str | None]
    """
    Why it has no result, or what to know about its data.
    """
    warnings: list[str]
    """
    What to consider before trusting the finding.
    """
    engine: NotRequired[EngineKind | None]
    engine_version: NotRequired[str | None]
    """
    The engine's version.
    """
    partitioned: bool
    """
    Whether it analysed the partitions that another analysis of the screen found, each with its
    own tree.
    """
    threshold: NotRequired[Threshold | None]
    changed_parameters: dict[str, Any]
    """
    The parameters that differ from their defaults.
    """
    parameters: dict[str, Any]
    """
    All parameters.
    """


class ScreenStep(TypedDict):
    """
    An analysis of a screen.
    """

    method: str
    """
    The analysis, such as `fel`.
    """
    name: str
    """
    Its name, such as `FEL`.
    """
    state: ScreenStepState
    """
    Its state.
    """
    note: NotRequired[str | None]
    """
    Why it waits, was skipped or was refused, or what to know about its data.
    """
    job_id: NotRequired[str | None]
    """
    Its job; absent until it has one.
    """
    engine: NotRequired[str | None]
    """
    The engine that runs it: `hyphy` or `native`.
    """
    progress: NotRequired[Progress | None]
    started: NotRequired[str | None]
    """
    When its job began to run.
    """
    warnings: NotRequired[list[str]]
    """
    What to know about the run of a job that has not ended, such as that it had to begin again.
    """
    estimate: NotRequired[JobEstimate | None]
    error_message: NotRequired[str | None]
    """
    Why its job has no result.
    """
    statement: NotRequired[str | None]
    """
    The finding in one sentence; absent in lists.
    """
    preliminary: NotRequired[bool]
    """
    Whether the statement is that of the estimate: HyPhy's result will replace it.
    """


class SelectedBranch(TypedDict):
    """
    A branch under selection.
    """

    branch: str
    """
    Name of the branch, which is that of the node below it.
    """
    method: str
    """
    The analysis that found it, such as `absrel`.
    """
    selection: NotRequired[Selection | None]
    of: str
    """
    What `value` is, such as `corrected p-value`.
    """
    value: NotRequired[float | None]
    """
    The value that decided.
    """


class SiteAnalysis(TypedDict):
    """
    An analysis of sites.
    """

    method: str
    """
    The analysis, such as `fel`.
    """
    name: str
    """
    Its name, such as `FEL`.
    """
    threshold: Threshold
    """
    What the values of its calls are, such as `p-value`, and its threshold.
    """
    preliminary: bool
    """
    Whether its calls are those of the estimate.
    """


class Table(TypedDict):
    """
    A table.
    """

    columns: list[Column]
    """
    Its columns.
    """
    rows: list[list[Any]]
    """
    Its rows: a number, text, or `null` (not finite, or missing) for each column.
    """


class Trees(TypedDict):
    """
    Trees of a file or a result.
    """

    total: int
    """
    Number of trees in the whole file or result.
    """
    trees: list[Phylogeny]
    """
    The requested trees, in the order of the file.
    """


class ChatAnswer(TypedDict):
    """
    The assistant's answer.
    """

    message: ChatMessage
    """
    The answer.
    """


class ChatConversation(TypedDict):
    """
    A conversation with the assistant.
    """

    id: str
    """
    Its id, such as `conv-0b9c…`.
    """
    title: NotRequired[str | None]
    """
    Its title: the given one, or else the beginning of the first message.
    """
    created: int
    """
    When it was created, in milliseconds since 1970.
    """
    updated: int
    """
    When its last message was sent, in milliseconds since 1970.
    """
    messages: NotRequired[list[ChatMessage] | None]
    """
    Its messages, oldest first. Lists of conversations leave them out.
    """


class ChatConversations(TypedDict):
    """
    The caller's conversations.
    """

    conversations: list[ChatConversation]
    """
    The last used first.
    """


class ChatEvent3(TypedDict):
    """
    The whole answer. The stream ends.
    """

    data: ChatMessage
    """
    The whole answer. The stream ends.
    """
    event: Literal['message']


ChatEvent: TypeAlias = ChatEvent1 | ChatEvent2 | ChatEvent3
"""
An event of an answer that streams: its `event` and the JSON in its `data`.
"""


class Comparison(TypedDict):
    """
    A comparison of the calls of both engines: of the classes that they put sites into.
    """

    agree: bool
    """
    Whether both engines put every site into the same class.
    """
    statement: str
    """
    The outcome in one sentence.
    """
    differences: Table
    """
    The sites that the engines put into different classes, with the values of both.
    """


class Dataset(DatasetMeta):
    """
    An uploaded file.
    """

    id: str
    """
    Id: hexadecimal, derived from the content and, with tokens, from the owner.
    """
    tags: NotRequired[list[str]]
    """
    The user's tags.
    """
    size: int
    """
    Size in bytes, as uploaded.
    """
    created: str
    """
    When it was first uploaded.
    """
    updated: str
    """
    When it was last uploaded, or its description last changed.
    """
    report: NotRequired[Report | None]
    content: NotRequired[str | None]
    """
    The file as uploaded; only with `include_content=true`. Bytes that are not UTF-8 are
    replaced by U+FFFD.
    """


class Datasets(TypedDict):
    """
    A list of datasets.
    """

    datasets: list[Dataset]
    """
    Newest first.
    """


class Digest(TypedDict):
    """
    The findings of an analysis.
    """

    statement: str
    """
    The findings in one sentence.
    """
    threshold: NotRequired[Threshold | None]
    found: NotRequired[int | None]
    """
    Number of sites, branches, pairs or breakpoints found; absent for a test of the whole
    alignment.
    """
    tests: list[Test]
    """
    Tests of the whole alignment.
    """
    rates: list[Rate]
    """
    Estimates for the whole alignment.
    """
    table: Table
    """
    The main table.
    """


class Health(TypedDict):
    """
    Health of the service. It is healthy if every component that analyses need is healthy.
    """

    status: Status
    """
    Overall health.
    """
    details: HealthDetails
    """
    Health of each component.
    """


class Job(TypedDict):
    """
    A job. `job_id`, `status`, `method`, `alignment_id`, `tree_id` and `error_message` are those
    of the published API.
    """

    job_id: str
    """
    Id: 64 hexadecimal digits, derived from method, parameters and data.
    """
    jobId: str
    """
    The same as `job_id`.
    """
    status: JobStatus
    """
    State in the published API's words.
    """
    state: JobState
    """
    State.
    """
    name: NotRequired[str | None]
    """
    What the user calls it.
    """
    tags: NotRequired[list[str]]
    """
    The user's tags.
    """
    method: str
    """
    The analysis, such as `fel`.
    """
    analysis: NotRequired[str]
    """
    Its name, such as `FEL`.
    """
    engine: str
    """
    The engine that runs it: `hyphy` or `native`.
    """
    alignment_id: NotRequired[str | None]
    """
    Dataset with the alignment; absent if the analysis takes none.
    """
    tree_id: NotRequired[str | None]
    """
    Dataset with the tree, given or inferred; absent if the alignment's file contains it or the
    analysis takes none.
    """
    parameters: dict[str, Any]
    """
    All parameters, including defaults.
    """
    error_message: NotRequired[str | None]
    """
    Why there is no result.
    """
    error_code: NotRequired[FailureCode | None]
    warnings: NotRequired[list[str]]
    """
    Warnings: how the request was reinterpreted, and what was done differently from what it
    asked for.
    """
    sandbox: NotRequired[str | None]
    """
    Confinement of the engine: `full`, `partial` or `none`; absent before the job runs.
    """
    queue: NotRequired[QueuePlace | None]
    progress: NotRequired[Progress | None]
    estimate: NotRequired[JobEstimate | None]
    elapsed_seconds: NotRequired[float | None]
    """
    Run time in seconds, until `updated` or until the end.
    """
    remaining_seconds: NotRequired[float | None]
    """
    Estimated remaining seconds, from the progress so far; absent until a third is done.
    """
    created: str
    """
    When it was requested.
    """
    started: NotRequired[str | None]
    """
    When it started to run.
    """
    ended: NotRequired[str | None]
    """
    When it ended.
    """
    updated: str
    """
    When any of these fields last changed.
    """
    request_id: NotRequired[str | None]
    """
    Id of the request that started it, or last started it again: its `X-Request-Id`.
    """


class JobStates(TypedDict):
    """
    States of many jobs.
    """

    jobs: list[Job]
    """
    The jobs that exist, in the order of their ids in the request.
    """
    missing: list[str]
    """
    Ids that match none of the caller's jobs.
    """


class Jobs(TypedDict):
    """
    A list of jobs.
    """

    jobs: list[Job]
    """
    Newest first.
    """


class Method(TypedDict):
    """
    One analysis.
    """

    id: str
    """
    Id, such as `fel`.
    """
    name: str
    """
    Short name.
    """
    title: str
    """
    Full name.
    """
    question: str
    """
    The question that it answers.
    """
    description: str
    """
    What it does.
    """
    interpretation: str
    """
    What a finding means, and what it does not.
    """
    keywords: list[str]
    """
    Other words by which people look for it.
    """
    recommended: bool
    """
    Whether it is a good first analysis of data that suit it.
    """
    citation: str
    """
    The publication to cite.
    """
    doi: str
    """
    Digital object identifier of the citation.
    """
    group: str
    """
    The general question under which lists show it. Methods of one group follow the order of
    `groups`.
    """
    status: NotRequired[MethodStatus | None]
    engines: list[MethodEngine]
    """
    The engines that have it, the default first.
    """
    since: str
    """
    First version of HyPhy that supports it, as the program reports its version.
    """
    start_endpoint: str
    """
    Path to start it.
    """
    result_endpoint: str
    """
    Path to read its result.
    """
    input: NotRequired[MethodInput | None]
    parameters: list[MethodParameter]
    """
    Its parameters.
    """
    in_screens: NotRequired[bool]
    """
    Whether a screen runs it, unless the request names other methods.
    """
    example: NotRequired[MethodExample | None]


class Methods(TypedDict):
    """
    The analyses that this server offers.
    """

    methods: list[Method]
    """
    Most frequently used first.
    """
    groups: list[str]
    """
    The general questions by which lists show methods, in display order.
    """


class Screen(TypedDict):
    """
    A screen: the usual set of analyses of an alignment.
    """

    screen_id: str
    """
    Id: 64 hexadecimal digits, derived from the request.
    """
    name: str
    """
    Name.
    """
    tags: NotRequired[list[str]]
    """
    The user's tags.
    """
    state: ScreenState
    """
    Whether there is anything left to do.
    """
    request: ScreenRequest
    """
    The request, with all defaults.
    """
    steps: list[ScreenStep]
    """
    The analyses, in the order in which they are started.
    """
    created: str
    """
    When it was requested.
    """
    updated: str
    """
    When an analysis was last started, skipped or refused, or the screen was named.
    """
    ended: NotRequired[str | None]
    """
    When the last of its analyses ended. Absent while the screen is running.
    """


class ScreenReport(TypedDict):
    """
    The report of a screen.
    """

    name: str
    """
    Name of the screen.
    """
    complete: bool
    """
    Whether every analysis has ended, was skipped or was refused.
    """
    evidence: NotRequired[Strength | None]
    answer: list[str]
    """
    The answer for the gene, in sentences.
    """
    analyses: list[ScreenAnalysis]
    """
    What was run, in order.
    """
    site_analyses: list[SiteAnalysis]
    """
    The analyses of sites, in the order of the calls of `sites`.
    """
    sites: list[SiteCalls]
    """
    All codons that any of them has analysed.
    """
    branches: list[SelectedBranch]
    """
    The branches under selection.
    """
    methods: str
    """
    A paragraph for the Methods section of a publication.
    """
    references: list[Reference]
    """
    The publications to cite.
    """


class Screens(TypedDict):
    """
    A list of screens.
    """

    screens: list[Screen]
    """
    Newest first.
    """


class Summary(Digest):
    """
    A summary of a result.
    """

    method: str
    """
    The analysis, such as `fel`.
    """
    name: str
    """
    Its name, such as `FEL`.
    """
    engine: EngineKind
    """
    The engine that ran it.
    """
    engine_version: NotRequired[str | None]
    """
    The engine's version; absent for results of early versions of this service that do not contain it.
    """
    hyphy_version: NotRequired[str | None]
    """
    HyPhy's version, if HyPhy ran it; otherwise as `engine_version`.
    """
    sequences: NotRequired[int | None]
    """
    Number of sequences in the alignment; absent if there is none.
    """
    sites: NotRequired[int | None]
    """
    Number of sites in the alignment: codons, nucleotides or amino acids, as the analysis counts
    them.
    """
    partitions: NotRequired[int | None]
    """
    Number of the alignment's partitions; absent if the result does not say it.
    """
    run_seconds: NotRequired[float | None]
    """
    The engine's run time in seconds, by its own clock.
    """
    models: list[Model]
    """
    The fitted models, in the engine's order.
    """
    finding: str
    """
    What was found: `statement` without the sentences that name rows.
    """
    warnings: list[str]
    """
    What to consider before trusting the findings.
    """
    methods: str
    """
    A paragraph for the Methods section of a publication: what was analysed, and how.
    """
    references: list[Reference]
    """
    The publications to cite.
    """
    classes: list[RowClass]
    """
    The classes into which the analysis sorts rows of its table, with their rows.
    """


class Uploaded(TypedDict):
    """
    The answer to an upload.
    """

    status: str
    """
    Always `uploaded`.
    """
    id: str
    """
    Id of the dataset.
    """
    file: str
    """
    The same as `id`.
    """
    datasets: list[Dataset]
    """
    The dataset, alone.
    """


class BatchItem(TypedDict):
    """
    The outcome of one item: a job, or a problem.
    """

    status: int
    """
    HTTP status code that a single request for this item would have received.
    """
    job: NotRequired[Job | None]
    problem: NotRequired[Problem | None]


class Estimate(TypedDict):
    """
    The estimate of a job: what the native engine found while HyPhy ran the job.
    """

    summary: Summary
    """
    A summary of the native engine's result. It is preliminary: HyPhy's is the job's result.
    """
    comparison: NotRequired[Comparison | None]


class Batch(TypedDict):
    """
    The outcome of each item.
    """

    items: list[BatchItem]
    """
    In the order of the request.
    """
    warnings: NotRequired[list[str]]
    """
    Unknown fields of the request, which were ignored.
    """
