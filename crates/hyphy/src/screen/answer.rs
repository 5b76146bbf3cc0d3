//! The answer for the gene, in sentences.

use super::{Part, ScreenAnalysis, SelectedBranch, SiteAnalysis, SiteCalls};
use crate::{
    digest::{Selection, capital, pluralize},
    table::Group,
};

/// How many sites or branches a sentence names.
const NAMED: usize = 15;
/// How many analyses have to agree on a site.
const SEVERAL: usize = 2;

pub(super) fn sentences(
    parts: &[Part],
    analyses: &[ScreenAnalysis],
    site_analyses: &[SiteAnalysis],
    sites: &[SiteCalls],
    branches: &[SelectedBranch],
) -> Vec<String> {
    let mut said: Vec<String> = verdict(analyses).into_iter().collect();
    let statements = |group: Group| {
        let of_group = parts
            .iter()
            .filter(move |part| part.analysis.group == group);
        let summaries = of_group.filter_map(|part| part.summary.as_ref());
        summaries.map(|summary| summary.digest.statement.clone())
    };
    said.extend(statements(Group::Gene));
    said.extend(about_sites(site_analyses, sites));
    said.extend(about_branches(parts, branches));
    said.extend(statements(Group::Recombination));
    said.extend(limits(analyses));
    said
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

fn about_sites(analyses: &[SiteAnalysis], sites: &[SiteCalls]) -> Vec<String> {
    let names: Vec<&str> = analyses.iter().map(|one| one.name.as_str()).collect();
    let sentence = |selection: Selection| {
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
            return format!("No codon is under {word} selection by {}.", either(&names));
        }
        let number = |sites: &[&SiteCalls]| -> Vec<String> {
            sites.iter().map(|site| site.site.to_string()).collect()
        };
        let codons = |sites: &[&SiteCalls]| pluralize(sites.len(), "codon", "codons");
        let is = |sites: &[&SiteCalls]| if sites.len() == 1 { "is" } else { "are" };
        if names.len() < SEVERAL {
            return format!(
                "{} {} under {word} selection by {} ({}).",
                capital(&codons(&one)),
                is(&one),
                list(&names),
                some_of(&number(&one))
            );
        }
        let shown = |sites: &[&SiteCalls]| match sites {
            [] => String::new(),
            some => format!(" ({})", some_of(&number(some))),
        };
        format!(
            "{} {} under {word} selection by at least two of {}{}, and {} by one of them{}.",
            capital(&codons(&several)),
            is(&several),
            list(&names),
            shown(&several),
            codons(&one),
            shown(&one)
        )
    };
    if analyses.is_empty() {
        return Vec::new();
    }
    vec![sentence(Selection::Positive), sentence(Selection::Negative)]
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
