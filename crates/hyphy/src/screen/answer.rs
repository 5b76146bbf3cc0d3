//! The answer for the gene, in sentences.

use super::{Part, ScreenAnalysis, SelectedBranch, SiteAnalysis, SiteCalls, Strength};
use crate::{
    digest::{Selection, capital, pluralize},
    table::Group,
};

/// How many sites or branches a sentence names.
const NAMED: usize = 15;
/// How many analyses have to agree on a site.
const SEVERAL: usize = 2;

pub(super) fn sentences(
    evidence: Option<&Evidence<'_>>,
    parts: &[Part],
    analyses: &[ScreenAnalysis],
    site_analyses: &[SiteAnalysis],
    sites: &[SiteCalls],
    branches: &[SelectedBranch],
) -> Vec<String> {
    let complete = parts.iter().all(|part| part.is_over);
    let evidence = evidence.map(|one| one.sentence(complete));
    let mut said: Vec<String> = evidence.into_iter().collect();
    said.extend(verdict(analyses));
    let statements = |group: Group| {
        let of_group = parts
            .iter()
            .filter(move |part| part.analysis.group == group);
        let summaries = of_group.filter_map(|part| part.summary.as_ref());
        summaries.map(|summary| summary.digest.statement.clone())
    };
    said.extend(statements(Group::Gene));
    said.extend(about_sites(parts, site_analyses, sites));
    said.extend(about_branches(parts, branches));
    said.extend(statements(Group::Recombination));
    said.extend(limits(analyses));
    said
}

/// What analyses of positive selection found, by what they test. Analyses of one kind share their
/// evidence, so their number does not count.
pub(super) struct Evidence<'a> {
    /// The analyses of the whole gene that have a result, and of those, the ones that found it.
    gene: Vec<&'a str>,
    gene_found: Vec<&'a str>,
    /// The number of analyses of sites, of codons that several of them detect, and of codons that
    /// one does.
    site_analyses: usize,
    several: usize,
    alone: usize,
    /// The analyses of branches that have a result, and of those, the ones that found some.
    branch_analyses: Vec<&'a str>,
    branch_found: Vec<&'a str>,
    branches: usize,
}

impl<'a> Evidence<'a> {
    /// `None` as long as no analysis that can find positive selection has a result.
    pub(super) fn of(
        parts: &[Part],
        analyses: &'a [ScreenAnalysis],
        sites: &[SiteCalls],
        branches: &[SelectedBranch],
    ) -> Option<Self> {
        let of_group = |group: Group, is: &dyn Fn(Option<bool>) -> bool| -> Vec<&'a str> {
            let those = parts.iter().zip(analyses);
            those
                .filter(|(part, one)| part.analysis.group == group && is(one.positive_selection))
                .map(|(_, one)| one.name.as_str())
                .collect()
        };
        let has = |outcome: Option<bool>| outcome.is_some();
        let found = |outcome: Option<bool>| outcome == Some(true);
        let positive = |at_least: &dyn Fn(usize) -> bool| {
            sites.iter().filter(|site| at_least(site.positive)).count()
        };
        let evidence = Self {
            gene: of_group(Group::Gene, &has),
            gene_found: of_group(Group::Gene, &found),
            site_analyses: of_group(Group::Sites, &has).len(),
            several: positive(&|count| count >= SEVERAL),
            alone: positive(&|count| count > 0 && count < SEVERAL),
            branch_analyses: of_group(Group::Branches, &has),
            branch_found: of_group(Group::Branches, &found),
            branches: branches
                .iter()
                .filter(|branch| branch.selection == Some(Selection::Positive))
                .count(),
        };
        let nothing = evidence.gene.is_empty()
            && evidence.site_analyses == 0
            && evidence.branch_analyses.is_empty();
        (!nothing).then_some(evidence)
    }

    pub(super) fn strength(&self) -> Strength {
        let kinds = [
            !self.gene_found.is_empty(),
            self.several > 0,
            self.branches > 0,
        ];
        match kinds.iter().filter(|found| **found).count() {
            0 if self.alone > 0 => Strength::Weak,
            0 => Strength::Absent,
            1 => Strength::Moderate,
            _ => Strength::Strong,
        }
    }

    fn sentence(&self, complete: bool) -> String {
        let gene = |names: &[&str]| format!("the whole gene ({})", list(names));
        let so_far = if complete { "" } else { " so far" };
        let word = match self.strength() {
            Strength::Absent => return format!("No evidence of positive selection{so_far}."),
            Strength::Weak if !complete => {
                let codons = pluralize(self.alone, "codon", "codons");
                let is = if self.alone == 1 { "is" } else { "are" };
                return format!(
                    "So far, {codons} {is} under positive selection by one analysis only."
                );
            }
            Strength::Weak => {
                let codons = pluralize(self.alone, "codon", "codons");
                let each = if self.alone == 1 { "It" } else { "Each" };
                return format!(
                    "Weak evidence of positive selection: only {codons}. {each} was detected by a \
                     single analysis and may be a chance finding."
                );
            }
            Strength::Moderate => "Moderate",
            Strength::Strong => "Strong",
        };
        let (mut found, mut not) = (Vec::new(), Vec::new());
        if !self.gene_found.is_empty() {
            found.push(gene(&self.gene_found));
        } else if !self.gene.is_empty() {
            not.push(gene(&self.gene));
        }
        if self.several > 0 {
            let codons = pluralize(self.several, "codon", "codons");
            found.push(format!("{codons} that at least two analyses detected"));
        } else if self.site_analyses >= SEVERAL {
            not.push("single codons".to_owned());
        }
        if self.branches > 0 {
            let branches = pluralize(self.branches, "branch", "branches");
            found.push(format!("{branches} ({})", list(&self.branch_found)));
        } else if !self.branch_analyses.is_empty() {
            not.push(format!("single branches ({})", list(&self.branch_analyses)));
        }
        let but = if not.is_empty() {
            String::new()
        } else {
            format!(", but not from {}", not.join(" or "))
        };
        format!(
            "{word} evidence of positive selection{so_far}: from {}{but}.",
            list(&found)
        )
    }
}

/// `A, B and C`.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// `1, 2, 3`, or the first of many and the number of the others.
fn some_of(items: &[String]) -> String {
    if items.len() <= NAMED {
        return items.join(", ");
    }
    let rest = items.len() - NAMED;
    format!("{} and {rest} more", items[..NAMED].join(", "))
}

fn verdict(analyses: &[ScreenAnalysis]) -> Option<String> {
    let by = |found: bool| -> Vec<&str> {
        let those = analyses
            .iter()
            .filter(|one| one.positive_selection == Some(found));
        those.map(|one| one.name.as_str()).collect()
    };
    let (found, none) = (by(true), by(false));
    Some(match (found.as_slice(), none.as_slice()) {
        ([], []) => return None,
        ([], none) => format!("{} found no positive selection.", list(none)),
        (found, []) => format!("{} found positive selection.", list(found)),
        (found, none) => format!(
            "{} found positive selection; {} found none.",
            list(found),
            list(none)
        ),
    })
}

fn about_sites(parts: &[Part], analyses: &[SiteAnalysis], sites: &[SiteCalls]) -> Vec<String> {
    let is_pending = parts
        .iter()
        .any(|part| part.analysis.group == Group::Sites && !part.is_over && part.summary.is_none());
    // MEME, for instance, does not look for negative selection.
    let looks_for = |one: &&SiteAnalysis, selection: Selection| {
        let mut summaries = parts
            .iter()
            .filter(|part| part.analysis.id == one.method)
            .filter_map(|part| part.summary.as_ref());
        summaries.any(|summary| {
            let mut classes = summary.classes.iter();
            classes.any(|class| class.selection == Some(selection))
        })
    };
    let sentence = |selection: Selection| {
        let own = analyses.iter().filter(|one| looks_for(one, selection));
        let names: Vec<&str> = own.map(|one| one.name.as_str()).collect();
        if names.is_empty() {
            return None;
        }
        let count = |site: &SiteCalls| match selection {
            Selection::Positive => site.positive,
            Selection::Negative => site.negative,
        };
        let word = match selection {
            Selection::Positive => "positive",
            Selection::Negative => "negative",
        };
        let (several, one): (Vec<&SiteCalls>, Vec<&SiteCalls>) = sites
            .iter()
            .filter(|site| count(site) > 0)
            .partition(|site| count(site) >= SEVERAL);
        if several.is_empty() && one.is_empty() {
            // The others may still find some.
            if is_pending {
                return None;
            }
            return Some(format!(
                "No codon is under {word} selection by {}.",
                either(&names)
            ));
        }
        let number = |sites: &[&SiteCalls]| -> Vec<String> {
            sites.iter().map(|site| site.site.to_string()).collect()
        };
        let codons = |sites: &[&SiteCalls]| pluralize(sites.len(), "codon", "codons");
        let is = |sites: &[&SiteCalls]| if sites.len() == 1 { "is" } else { "are" };
        if names.len() < SEVERAL {
            return Some(format!(
                "{} {} under {word} selection by {} ({}).",
                capital(&codons(&one)),
                is(&one),
                list(&names),
                some_of(&number(&one))
            ));
        }
        let shown = |sites: &[&SiteCalls]| match sites {
            [] => String::new(),
            some => format!(" ({})", some_of(&number(some))),
        };
        let only = |sites: &[&SiteCalls]| format!("{}{}", codons(sites), shown(sites));
        if several.is_empty() {
            return Some(format!(
                "{} {} under {word} selection by only one of {}.",
                capital(&only(&one)),
                is(&one),
                list(&names)
            ));
        }
        let others = if one.is_empty() {
            String::new()
        } else {
            format!(", and {} by only one of them", only(&one))
        };
        let by = if names.len() == SEVERAL {
            "both"
        } else {
            "at least two of"
        };
        Some(format!(
            "{} {} under {word} selection by {by} {}{others}.",
            capital(&only(&several)),
            is(&several),
            list(&names)
        ))
    };
    [Selection::Positive, Selection::Negative]
        .into_iter()
        .filter_map(sentence)
        .collect()
}

/// `A`, or `any of A and B`.
fn either(names: &[&str]) -> String {
    if names.len() > 1 {
        format!("any of {}", list(names))
    } else {
        list(names)
    }
}

fn about_branches(parts: &[Part], branches: &[SelectedBranch]) -> Vec<String> {
    let of_branches = parts
        .iter()
        .filter(|part| part.analysis.group == Group::Branches);
    let mut said = Vec::new();
    for part in of_branches {
        let Some(summary) = &part.summary else {
            continue;
        };
        said.push(summary.digest.statement.clone());
        let own = branches.iter().filter(|one| one.method == part.analysis.id);
        let names: Vec<String> = own.map(|one| one.branch.clone()).collect();
        if !names.is_empty() {
            said.push(format!("Selected branches: {}.", some_of(&names)));
        }
    }
    said
}

/// What is missing or preliminary.
fn limits(analyses: &[ScreenAnalysis]) -> Vec<String> {
    let names = |is: &dyn Fn(&&ScreenAnalysis) -> bool| -> Vec<&str> {
        analyses
            .iter()
            .filter(is)
            .map(|one| one.name.as_str())
            .collect()
    };
    let mut said = Vec::new();
    let is_pending = |one: &ScreenAnalysis| {
        ["waiting", "queued", "submitting", "running"].contains(&one.state.as_str())
    };
    let preliminary = names(&|one| one.preliminary && is_pending(one));
    if !preliminary.is_empty() {
        said.push(format!(
            "Preliminary: the findings of {} are estimates of the native engine, until HyPhy has \
             finished.",
            list(&preliminary)
        ));
    }
    let estimated = names(&|one| one.preliminary && !is_pending(one));
    if !estimated.is_empty() {
        said.push(format!(
            "HyPhy gave no result for {}: the findings are estimates of the native engine.",
            list(&estimated)
        ));
    }
    let pending = names(&|one| one.statement.is_none() && is_pending(one));
    if !pending.is_empty() {
        said.push(format!("Not finished yet: {}.", list(&pending)));
    }
    let without = names(&|one| {
        ["refused", "failed", "cancelled", "deleted"].contains(&one.state.as_str())
            && one.statement.is_none()
    });
    if !without.is_empty() {
        said.push(format!("Without a result: {}.", list(&without)));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(gene: bool, several: usize, alone: usize, branches: usize) -> Evidence<'static> {
        let found = |is: bool, name| if is { vec![name] } else { Vec::new() };
        Evidence {
            gene: vec!["BUSTED"],
            gene_found: found(gene, "BUSTED"),
            site_analyses: 3,
            several,
            alone,
            branch_analyses: vec!["aBSREL"],
            branch_found: found(branches > 0, "aBSREL"),
            branches,
        }
    }

    #[test]
    fn the_kinds_of_evidence_decide_about_its_strength() {
        let says = |gene, several, alone, branches| {
            let evidence = evidence(gene, several, alone, branches);
            (evidence.strength(), evidence.sentence(true))
        };
        let (strength, sentence) = says(true, 3, 1, 2);
        assert_eq!(strength, Strength::Strong);
        assert_eq!(
            sentence,
            "Strong evidence of positive selection: from the whole gene (BUSTED), 3 codons that at \
             least two analyses detected and 2 branches (aBSREL)."
        );
        let (strength, sentence) = says(false, 0, 4, 1);
        assert_eq!(strength, Strength::Moderate);
        assert_eq!(
            sentence,
            "Moderate evidence of positive selection: from 1 branch (aBSREL), but not from the whole \
             gene (BUSTED) or single codons."
        );
        let (strength, sentence) = says(false, 0, 2, 0);
        assert_eq!(strength, Strength::Weak);
        assert_eq!(
            sentence,
            "Weak evidence of positive selection: only 2 codons. Each was detected by a single \
             analysis and may be a chance finding."
        );
        let (strength, sentence) = says(false, 0, 0, 0);
        assert_eq!(strength, Strength::Absent);
        assert_eq!(sentence, "No evidence of positive selection.");
        assert_eq!(
            evidence(false, 0, 0, 0).sentence(false),
            "No evidence of positive selection so far."
        );
    }
}
