/*
NRM: is nucleotide substitution reversible, strand-symmetric, stationary?

Fits four models of substitution to a nucleotide alignment on a rooted tree and compares them.
Each is the same continuous-time Markov process: a 4 x 4 matrix Q of rates (rows: from, columns:
to; A, C, G, T), frequencies at the root, one length per branch, and rates that vary across sites
by a gamma distribution of mean one in four bins of equal weight. The models constrain it:

  GTR       q_ij = r_ij * pi_j with r_ij = r_ji, pi the empirical frequencies; root frequencies pi
  NREV6     q_ij = q_i'j' where i' is the complement of i (both strands evolve alike); root pi
  NREV12    all twelve rates free; root pi
  NREV12+F  all twelve rates free; root frequencies free

Nesting follows: GTR and NREV6 are NREV12 with constraints on its rates (neither contains the
other), and NREV12 is NREV12+F with its root frequencies held at pi. A larger model starts where
the better of those inside it ended and never ends below it.

Parameters. Rates and times are known only up to a common factor, so one rate is held at 1: five
rates are free in GTR and NREV6, eleven in NREV12 and NREV12+F. Under GTR the place of the root on
its branch does not change the likelihood, so the two branches at the root are given the same
length and count as one parameter; the other models locate the root. Empirical frequencies are not
counted: they are the same in all models but NREV12+F, and counting them there would hide the cost
of its three root frequencies from AIC-c. With n sequences and the shape of the gamma distribution:

  GTR 2n-3 + 5 + 1,  NREV6 2n-2 + 5 + 1,  NREV12 2n-2 + 11 + 1,  NREV12+F 2n-2 + 11 + 3 + 1

Tests compare twice the difference of log likelihoods with a chi-square distribution, whose degrees
of freedom are the difference in parameters: GTR vs NREV12 7 (six rates, the place of the root),
NREV12 vs NREV12+F 3, GTR vs NREV12+F 10, NREV6 vs NREV12+F 9. Against GTR they are on the safe
side: the place of the root means nothing if the process is reversible, so it gains less than a
parameter does (of 101 alignments simulated under HKY, 2 had p < 0.05 in GTR vs NREV12, 4 in GTR vs
NREV12+F, 5 in NREV12 vs NREV12+F). "Corrected P-value" is Holm's correction for the four tests.

In the result, for each model:
  Rate Distributions       Q, scaled so that the rate from A to G is 1; each row sums to zero
  Equilibrium frequencies  the stationary distribution of Q, as one row
  Root frequencies         as one row
  Gamma shape, Gamma rates the shape, and the rates of the bins
Branch attributes are the expected substitutions per site on a branch, given the composition at
its upper end (under a process that is not stationary no single factor turns time into
substitutions), the expected composition at its lower end ("... frequencies", as one row), and the
composition of each sequence ("observed frequencies").

Inputs:
  --alignment  nucleotide sequences, aligned
  --tree       a rooted tree of them: its root has two children
  --output     the result, JSON
  --save-fit   where to write the fitted likelihood function of NREV12+F; /dev/null for nowhere
*/

RequireVersion ("2.5.40");

LoadFunctionLibrary ("libv3/all-terms.bf");
LoadFunctionLibrary ("libv3/UtilityFunctions.bf");
LoadFunctionLibrary ("libv3/IOFunctions.bf");
LoadFunctionLibrary ("libv3/convenience/math.bf");
LoadFunctionLibrary ("libv3/tasks/alignments.bf");
LoadFunctionLibrary ("libv3/tasks/trees.bf");
LoadFunctionLibrary ("libv3/tasks/estimators.bf");
LoadFunctionLibrary ("libv3/models/frequencies.bf");
LoadFunctionLibrary ("SelectionAnalyses/modules/io_functions.ibf");

utility.SetEnvVariable ("NORMALIZE_SEQUENCE_NAMES", TRUE);
utility.SetEnvVariable ("ACCEPT_ROOTED_TREES", TRUE);

nrm.analysis_description = {
    terms.io.info : "NRM (Nucleotide Non-Reversible Model) compares a reversible model of nucleotide substitution (GTR) with a strand-symmetric one (NREV6), a general non-reversible one (NREV12), and one whose root frequencies are estimated too (NREV12+F). All have four-bin discrete gamma variation of rates across sites.",
    terms.io.version : "1.0",
    terms.io.reference : "Sianga-Mete R, Hartnady P, Mandikumba WC, et al. Viral genome sequence datasets display pervasive evidence of strand-specific substitution biases that are best described using non-reversible nucleotide substitution models. eLife 12:RP87361. DOI 10.7554/eLife.87361",
    terms.io.authors : "The authors of service-datamonkey",
    terms.io.contact : "https://github.com/veg/service-datamonkey/issues",
    terms.io.requirements : "a nucleotide alignment and a rooted phylogenetic tree"
};

KeywordArgument ("alignment", "A nucleotide alignment in one of the formats supported by HyPhy");
KeywordArgument ("tree", "A rooted phylogenetic tree", null, "Please select a tree file for the data:");

io.DisplayAnalysisBanner (nrm.analysis_description);

nrm.json = {
    terms.json.analysis : nrm.analysis_description,
    terms.json.input : {},
    terms.json.fits : {},
    terms.json.timers : {}
};
selection.io.startTimer (nrm.json[terms.json.timers], "Overall", 0);

nrm.display_orders = {terms.original_name : -1};
namespace nrm {
    LoadFunctionLibrary ("SelectionAnalyses/modules/shared-load-file.bf");
    load_nuc_file ("nrm");
}

KeywordArgument ("output", "Write the result (JSON) to", nrm.nuc_data_info[terms.json.json]);
nrm.output = io.PromptUserForFilePath ("Write the result (JSON) to");
KeywordArgument ("save-fit", "Write the fitted likelihood function of NREV12+F to ('/dev/null' to skip)", "/dev/null");
nrm.save_fit = io.PromptUserForFilePath ("Write the fitted likelihood function of NREV12+F to ('/dev/null' to skip)");
fprintf (stdout, ">save-fit => ", nrm.save_fit, "\n");

io.CheckAssertion ("nrm.partition_count == 1", "NRM analyses one partition with one tree");
io.CheckAssertion ("(nrm.trees[0])[terms.trees.rooted]", "NRM needs a rooted tree: its root must have exactly two children");

/* ---- The process that all models share ---------------------------------------------------- */

nrm.filter = nrm.filter_names[0];
nrm.letters = {{"A", "C", "G", "T"}};
nrm.complement = {"A" : "T", "C" : "G", "G" : "C", "T" : "A"};
// Keeps the rates relative to others finite where the best estimate of one is zero. At this value
// a substitution is expected a thousandth of a time in a thousand sites and a hundred lengths.
nrm.lowest = 1e-8;
// At HyPhy's own precision of 0.001 a search stops up to 0.1 below the maximum, which matters to
// a test. Less is enough to see whether another start leads higher.
nrm.precise = 0.0001;
nrm.coarse = 0.01;

// Root frequencies from three proportions: of A; of C in what is left; of G in what then is left.
global nrm.share_A = 0.25;
global nrm.share_C = 1 / 3;
global nrm.share_G = 0.5;
nrm.shares = {{"nrm.share_A", "nrm.share_C", "nrm.share_G"}};
global nrm.pi_A := nrm.share_A;
global nrm.pi_C := (1 - nrm.share_A) * nrm.share_C;
global nrm.pi_G := (1 - nrm.share_A) * (1 - nrm.share_C) * nrm.share_G;
global nrm.pi_T := (1 - nrm.share_A) * (1 - nrm.share_C) * (1 - nrm.share_G);
for (nrm.i = 0; nrm.i < 3; nrm.i += 1) {
    parameters.SetRange (nrm.shares[nrm.i], {terms.lower_bound : nrm.lowest, terms.upper_bound : 1 - nrm.lowest});
}
nrm.root = {4, 1};
nrm.root[0] := nrm.pi_A;
nrm.root[1] := nrm.pi_C;
nrm.root[2] := nrm.pi_G;
nrm.root[3] := nrm.pi_T;

global nrm.shape = 0.5;
nrm.shape :> 0.01;
nrm.shape :< 100;
category nrm.site_rate = (4, EQUAL, MEAN,
    GammaDist (_x_, nrm.shape, nrm.shape), CGammaDist (_x_, nrm.shape, nrm.shape),
    0, 1e25, CGammaDist (_x_, nrm.shape + 1, nrm.shape));

nrm.Q = {4, 4};
nrm.rates = {};             // q_ij, the rates of the process
nrm.exchangeabilities = {}; // r_ij, i before j, of GTR
for (nrm.i = 0; nrm.i < 4; nrm.i += 1) {
    for (nrm.j = 0; nrm.j < 4; nrm.j += 1) {
        if (nrm.i != nrm.j) {
            nrm.pair = nrm.letters[nrm.i] + nrm.letters[nrm.j];
            nrm.rates + ("nrm.q_" + nrm.pair);
            parameters.DeclareGlobalWithRanges ("nrm.q_" + nrm.pair, 0.25, nrm.lowest, 1e4);
            ExecuteCommands ("nrm.Q[nrm.i][nrm.j] := nrm.site_rate*nrm.q_" + nrm.pair + "*t;");
            if (nrm.i < nrm.j) {
                nrm.exchangeabilities + ("nrm.r_" + nrm.pair);
                parameters.DeclareGlobalWithRanges ("nrm.r_" + nrm.pair, 0.25, nrm.lowest, 1e4);
            }
        }
    }
}
nrm.r_AG = 1;
nrm.r_CT = 1;

Model nrm.model = (nrm.Q, nrm.root, 0);
ExecuteCommands ("Tree nrm.tree = " + (nrm.trees[0])[terms.trees.newick]);
LikelihoodFunction nrm.lf = (^nrm.filter, nrm.tree);

// The nodes below the root, children before their parents, and the parents but for the root.
nrm.nodes = BranchName (nrm.tree, -1);
nrm.nodes = nrm.nodes[{{0, 0}}][{{0, Columns (nrm.nodes) - 2}}];
nrm.parents = trees.ParentMap ("nrm.tree");
nrm.times = {};
nrm.root_times = {};
for (nrm.name; in; nrm.nodes) {
    ExecuteCommands ("nrm.tree." + nrm.name + ".t = 0.1;");
    nrm.times + ("nrm.tree." + nrm.name + ".t");
    if (Type (nrm.parents[nrm.name]) != "String") {
        nrm.root_times + ("nrm.tree." + nrm.name + ".t");
    }
}

/* ---- Fitting ------------------------------------------------------------------------------- */

lfunction nrm.log_likelihood () {
    LFCompute (^"nrm.lf", LF_START_COMPUTE);
    LFCompute (^"nrm.lf", value);
    LFCompute (^"nrm.lf", LF_DONE_COMPUTE);
    return value;
}

/** Values of everything that any model estimates. */
lfunction nrm.state () {
    values = {};
    for (group; in; {{"nrm.rates", "nrm.exchangeabilities", "nrm.shares", "nrm.times"}}) {
        for (name; in; ^group) {
            values[name] = ^name;
        }
    }
    values["nrm.shape"] = ^"nrm.shape";
    return values;
}

/** Frees rates, times, and shape, and sets them to these values. */
lfunction nrm.release (values) {
    for (group; in; {{"nrm.rates", "nrm.times"}}) {
        for (name; in; ^group) {
            ^name = values[name];
        }
    }
    ^"nrm.shape" = values["nrm.shape"];
}

lfunction nrm.largest (names) {
    largest = names[0];
    for (name; in; names) {
        if (^name > ^largest) {
            largest = name;
        }
    }
    return largest;
}

/** Holds the largest of the free rates at 1, the others relative to it; times make up for it. */
lfunction nrm.hold_largest (free_rates) {
    largest = nrm.largest (free_rates);
    scale = ^largest;
    for (name; in; free_rates) {
        value = Max (^name / scale, ^"nrm.lowest");
        ^name = value; // which also frees what had been held
    }
    ^largest := 1;
    for (name; in; ^"nrm.times") {
        if (parameters.IsIndependent (name)) {
            ^name = ^name * scale;
        }
    }
}

/** Goes back to these values without touching what else is constrained. */
lfunction nrm.restore (values, free_rates) {
    for (name, value; in; values) {
        if (parameters.IsIndependent (name)) {
            ^name = value;
        }
    }
    // Another rate may have been held then.
    for (name; in; free_rates) {
        ^name = values[name];
    }
    nrm.hold_largest (free_rates);
}

/** Maximises the likelihood from the present values and never leaves it lower. Returns it and the
    number of parameters that varied. */
lfunction nrm.climb (free_rates, precision) {
    // A rate that turns out to be a hundred times the one held at 1 makes a badly scaled problem;
    // then the largest is held and the search goes on.
    for (round = 0; round < 3; round += 1) {
        nrm.hold_largest (free_rates);
        start = nrm.log_likelihood ();
        before = nrm.state ();
        utility.ToggleEnvVariable ("USE_LAST_RESULTS", TRUE);
        utility.ToggleEnvVariable ("OPTIMIZATION_PRECISION", precision);
        Optimize (found, ^"nrm.lf");
        utility.ToggleEnvVariable ("OPTIMIZATION_PRECISION", None);
        utility.ToggleEnvVariable ("USE_LAST_RESULTS", None);
        reached = found[1][0];
        if (reached < start) {
            nrm.restore (before, free_rates);
            reached = start;
        }
        if (^(nrm.largest (free_rates)) < 100) {
            break;
        }
    }
    return {
        ^"terms.fit.log_likelihood" : reached,
        ^"terms.parameters" : found[1][1]
    };
}

/** Fits a model from the present values. */
lfunction nrm.fit (free_rates) {
    best = nrm.climb (free_rates, ^"nrm.precise");
    left = (^"nrm.root_times")[0];
    right = (^"nrm.root_times")[1];
    total = Eval (left) + Eval (right);
    if (parameters.IsIndependent (right) && total > 0) {
        // The likelihood may have a peak at either end of the branch that the root is on.
        at_best = nrm.state ();
        at_first = at_best;
        moved = FALSE;
        for (share; in; {{0.05, 0.95}}) {
            nrm.restore (at_first, free_rates);
            total = Eval (left) + Eval (right);
            ^left = total * share;
            ^right = total * (1 - share);
            tried = nrm.climb (free_rates, ^"nrm.coarse");
            if (tried[^"terms.fit.log_likelihood"] > best[^"terms.fit.log_likelihood"] + 0.01) {
                best = tried;
                at_best = nrm.state ();
                moved = TRUE;
            }
        }
        nrm.restore (at_best, free_rates);
        if (moved) {
            best = nrm.climb (free_rates, ^"nrm.precise");
        }
    }
    return best;
}

/* ---- Reporting ----------------------------------------------------------------------------- */

/** The rates, scaled so that A to G is 1; each row sums to zero. */
lfunction nrm.rate_matrix () {
    q = {4, 4};
    letters = ^"nrm.letters";
    for (i = 0; i < 4; i += 1) {
        for (j = 0; j < 4; j += 1) {
            if (i != j) {
                q[i][j] = ^("nrm.q_" + letters[i] + letters[j]) / ^"nrm.q_AG";
                q[i][i] = q[i][i] - q[i][j];
            }
        }
    }
    return q;
}

/** The distribution p, as a row, with p * q = 0. */
lfunction nrm.stationary (q) {
    // One of the four equations follows from the others; that p sums to 1 takes its place.
    equations = q;
    for (i = 0; i < 4; i += 1) {
        equations[i][3] = 1;
    }
    return (Inverse (equations))[3][-1];
}

/** Per node, the expected composition (a row) and the expected substitutions on its branch. */
lfunction nrm.expectations (q) {
    GetInformation (bins, ^"nrm.site_rate");
    names = ^"nrm.nodes";
    composition = {};
    substitutions = {};
    for (bin = 0; bin < 4; bin += 1) {
        at = {};
        for (k = Columns (names) - 1; k >= 0; k = k - 1) {
            name = names[k];
            time = ^("nrm.tree." + name + ".t") * ^"nrm.q_AG" * bins[0][bin];
            // A fifth state counts: from state i it grows at the rate of leaving i.
            process = {5, 5};
            for (i = 0; i < 4; i += 1) {
                for (j = 0; j < 4; j += 1) {
                    process[i][j] = q[i][j] * time;
                }
                process[i][4] = -q[i][i] * time;
            }
            parent = (^"nrm.parents")[name];
            if (Type (parent) == "String") {
                above = at[parent];
            } else {
                above = Transpose (^"nrm.root");
            }
            start = {{above[0], above[1], above[2], above[3], 0}};
            below = start * Exp (process);
            at[name] = below[{{0, 0}}][{{0, 3}}];
            if (bin == 0) {
                composition[name] = {1, 4};
                substitutions[name] = 0;
            }
            composition[name] = composition[name] + at[name] * bins[1][bin];
            substitutions[name] = substitutions[name] + below[4] * bins[1][bin];
        }
    }
    return {"composition" : composition, "substitutions" : substitutions};
}

/** HyPhy has no way to write a truth value or a plain list: this text is freed of its quotes when
    the result is written. */
lfunction nrm.verbatim (text) {
    return "@json:" + text + ":json@";
}

lfunction nrm.list (values) {
    texts = {};
    for (value; in; values) {
        texts + Format (value, 0, 10);
    }
    return nrm.verbatim ("[" + Join (", ", texts) + "]");
}

/** Prints the fit and stores it in the result. */
function nrm.report (model, fit, order) {
    nrm.report.q = nrm.rate_matrix ();
    nrm.report.expected = nrm.expectations (nrm.report.q);
    GetInformation (nrm.report.bins, nrm.site_rate);

    io.ReportProgressMessageMD ("nrm", model, "* " + selection.io.report_fit (fit, 0, nrm.sample_size));
    io.ReportProgressMessageMD ("nrm", model, "* Tree length (subs/site) = " + Format (+nrm.report.expected["substitutions"], 8, 4));
    io.ReportProgressMessageMD ("nrm", model, "* Gamma shape = " + Format (nrm.shape, 8, 4));

    selection.io.json_store_lf_withEFV (nrm.json, model, fit[terms.fit.log_likelihood],
        fit[terms.parameters], nrm.sample_size, nrm.report.q, nrm.stationary (nrm.report.q), order);
    ((nrm.json[terms.json.fits])[model])["Root frequencies"] = Transpose (nrm.root);
    ((nrm.json[terms.json.fits])[model])["Gamma shape"] = nrm.shape;
    ((nrm.json[terms.json.fits])[model])["Gamma rates"] = nrm.list (nrm.report.bins[0][-1]);

    selection.io.json_store_branch_attribute (nrm.json, model, terms.branch_length, order, 0,
        nrm.report.expected["substitutions"]);
    selection.io.json_store_branch_attribute (nrm.json, model + " frequencies", "node frequencies", -1, 0,
        nrm.report.expected["composition"]);
}

/* ---- The four models ----------------------------------------------------------------------- */

utility.ToggleEnvVariable ("COUNT_GAPS_IN_FREQUENCIES", FALSE);
HarvestFrequencies (nrm.empirical, ^nrm.filter, 1, 1, 1);

// A base that is nowhere in the data gets a frequency that allows all proportions to be taken.
nrm.empirical = nrm.empirical["Max (_MATRIX_ELEMENT_VALUE_, 1e-6)"];
nrm.empirical = nrm.empirical * (1 / (+nrm.empirical));
nrm.share_A := nrm.empirical__[0];
nrm.share_C := nrm.empirical__[1] / (1 - nrm.empirical__[0]);
nrm.share_G := nrm.empirical__[2] / (nrm.empirical__[2] + nrm.empirical__[3]);

nrm.fits = {};

io.ReportProgressMessageMD ("nrm", "GTR", "Fitting the GTR model (reversible)");
selection.io.startTimer (nrm.json[terms.json.timers], "GTR", 1);
for (nrm.i = 0; nrm.i < 4; nrm.i += 1) {
    for (nrm.j = nrm.i + 1; nrm.j < 4; nrm.j += 1) {
        nrm.from = nrm.letters[nrm.i];
        nrm.to = nrm.letters[nrm.j];
        nrm.r = "nrm.r_" + nrm.from + nrm.to;
        parameters.SetConstraint ("nrm.q_" + nrm.from + nrm.to, nrm.r + "*nrm.pi_" + nrm.to, "");
        parameters.SetConstraint ("nrm.q_" + nrm.to + nrm.from, nrm.r + "*nrm.pi_" + nrm.from, "");
    }
}
parameters.SetConstraint (nrm.root_times[1], nrm.root_times[0], "");
nrm.fits["GTR"] = nrm.fit (nrm.exchangeabilities);
nrm.at_gtr = nrm.state ();
nrm.report ("GTR", nrm.fits["GTR"], 0);
selection.io.stopTimer (nrm.json[terms.json.timers], "GTR");

io.ReportProgressMessageMD ("nrm", "NREV6", "Fitting the NREV6 model (non-reversible, strand-symmetric)");
selection.io.startTimer (nrm.json[terms.json.timers], "NREV6", 2);
nrm.release (nrm.at_gtr);
nrm.six = {};
nrm.tied = {};
for (nrm.name; in; nrm.rates) {
    nrm.from = nrm.name[Abs (nrm.name) - 2];
    nrm.to = nrm.name[Abs (nrm.name) - 1];
    nrm.other = "nrm.q_" + nrm.complement[nrm.from] + nrm.complement[nrm.to];
    if (nrm.tied / nrm.name == FALSE) {
        // GTR is not among the models inside NREV6; halfway between the strands is near it.
        nrm.mean = (Eval (nrm.name) + Eval (nrm.other)) / 2;
        ^nrm.name = nrm.mean;
        parameters.SetConstraint (nrm.other, nrm.name, "");
        nrm.tied[nrm.other] = 1;
        nrm.six + nrm.name;
    }
}
nrm.fits["NREV6"] = nrm.fit (nrm.six);
nrm.at_nrev6 = nrm.state ();
nrm.report ("NREV6", nrm.fits["NREV6"], 1);
selection.io.stopTimer (nrm.json[terms.json.timers], "NREV6");

io.ReportProgressMessageMD ("nrm", "NREV12", "Fitting the NREV12 model (non-reversible, empirical root frequencies)");
selection.io.startTimer (nrm.json[terms.json.timers], "NREV12", 3);
if ((nrm.fits["GTR"])[terms.fit.log_likelihood] > (nrm.fits["NREV6"])[terms.fit.log_likelihood]) {
    nrm.release (nrm.at_gtr);
} else {
    nrm.release (nrm.at_nrev6);
}
nrm.fits["NREV12"] = nrm.fit (nrm.rates);
nrm.report ("NREV12", nrm.fits["NREV12"], 2);
selection.io.stopTimer (nrm.json[terms.json.timers], "NREV12");

io.ReportProgressMessageMD ("nrm", "NREV12+F", "Fitting the NREV12+F model (non-reversible, estimated root frequencies)");
selection.io.startTimer (nrm.json[terms.json.timers], "NREV12+F", 4);
for (nrm.name; in; nrm.shares) {
    nrm.value = Eval (nrm.name);
    ^nrm.name = nrm.value;
}
nrm.fits["NREV12+F"] = nrm.fit (nrm.rates);
nrm.report ("NREV12+F", nrm.fits["NREV12+F"], 3);
selection.io.stopTimer (nrm.json[terms.json.timers], "NREV12+F");
io.SpoolLFToPath ("nrm.lf", nrm.save_fit);

/* ---- Comparing them ------------------------------------------------------------------------ */

io.ReportProgressMessageMD ("nrm", "tests", "Comparing the models");

nrm.pairs = {{"GTR", "NREV12"} {"GTR", "NREV12+F"} {"NREV12", "NREV12+F"} {"NREV6", "NREV12+F"}};
nrm.tests = {};
nrm.order = {4, 2}; // p-value, number of the pair
for (nrm.i = 0; nrm.i < 4; nrm.i += 1) {
    nrm.null = nrm.fits[nrm.pairs[nrm.i][0]];
    nrm.alternative = nrm.fits[nrm.pairs[nrm.i][1]];
    nrm.df = nrm.alternative[terms.parameters] - nrm.null[terms.parameters];
    // Equal likelihoods may differ by rounding.
    nrm.test = math.DoLRT (nrm.null[terms.fit.log_likelihood],
        Max (nrm.null[terms.fit.log_likelihood], nrm.alternative[terms.fit.log_likelihood]), nrm.df);
    nrm.test["degrees of freedom"] = nrm.df;
    nrm.name = nrm.pairs[nrm.i][0] + " vs " + nrm.pairs[nrm.i][1];
    nrm.tests[nrm.name] = nrm.test;
    nrm.order[nrm.i][0] = nrm.test[terms.p_value];
    nrm.order[nrm.i][1] = nrm.i;
    io.ReportProgressMessageMD ("nrm", "tests", "* " + nrm.name + ": " + selection.io.report_lrt (nrm.test)
        + ", " + nrm.df + " degrees of freedom");
}

// Holm: the smallest times four, the next times three, ..., never below the one before.
nrm.order = nrm.order % 0;
nrm.corrected = 0;
for (nrm.i = 0; nrm.i < 4; nrm.i += 1) {
    nrm.pair = nrm.order[nrm.i][1];
    nrm.corrected = Max (nrm.corrected, Min (1, nrm.order[nrm.i][0] * (4 - nrm.i)));
    (nrm.tests[nrm.pairs[nrm.pair][0] + " vs " + nrm.pairs[nrm.pair][1]])[terms.json.corrected_pvalue] = nrm.corrected;
}

nrm.json[terms.json.test_results] = nrm.tests;
nrm.json["characters"] = nrm.letters;
nrm.json[terms.json.tested] = nrm.verbatim ("false"); // the tests are about the whole tree

nrm.observed = {};
for (nrm.i = 0; nrm.i < nrm.nuc_data_info[terms.data.sequences]; nrm.i += 1) {
    GetString (nrm.name, nrm.nuc_data, nrm.i);
    ExecuteCommands ("DataSetFilter nrm.one = CreateFilter (nrm.nuc_data, 1, \"\", \"" + nrm.i + "\")");
    HarvestFrequencies (nrm.composition, nrm.one, 1, 1, 1);
    if (+nrm.composition > 0) { // not only gaps
        nrm.observed[nrm.name] = nrm.list (nrm.composition);
    }
}
selection.io.json_store_branch_attribute (nrm.json, "observed frequencies", "node frequencies", -1, 0, nrm.observed);

selection.io.stopTimer (nrm.json[terms.json.timers], "Overall");
utility.ToggleEnvVariable ("USE_JSON_FOR_MATRIX", TRUE);
nrm.text = ("" + nrm.json) ^ {{"\"@json:", ""}};
nrm.text = nrm.text ^ {{":json@\"", ""}};
fprintf (nrm.output, CLEAR_FILE, nrm.text);
