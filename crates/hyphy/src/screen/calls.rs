//! What analyses say about sites and branches, read from the tables of their summaries.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Part, SelectedBranch, SiteAnalysis, SiteCall, SiteCalls};
use crate::{
    digest::{ColumnRole, Direction, RowClass, Selection},
    summary::Summary,
    table::Group,
};

/// What a summary says about a site or branch.
pub(super) struct Call<'a> {
    key: &'a Value,
    pub(super) class: Option<&'a RowClass>,
    value: Option<f64>,
}

/// The calls of a summary whose table has a row for each site, or branch; `None` for other tables.
pub(super) fn calls(summary: &Summary, role: ColumnRole) -> Option<Vec<Call<'_>>> {
    let table = &summary.digest.table;
    let threshold = summary.digest.threshold.as_ref()?;
    let (key, class) = (table.role(role)?, table.role(ColumnRole::Class)?);
    let deciding: Vec<usize> = (0..table.columns.len())
        .filter(|at| table.columns[*at].direction.is_some())
        .collect();
    let call = |row: &'_ Vec<Value>| {
        let word = row.get(class).and_then(Value::as_str);
        let found = word.and_then(|word| summary.classes.iter().find(|class| class.name == word));
        // Of a row that is found, the value of its class; else the one nearest to the threshold.
        let own = found.and_then(|class| table.column(class.column.as_deref()?));
        let columns = own.map_or_else(|| deciding.clone(), |own| vec![own]);
        let values = columns.iter().filter_map(|at| row.get(*at)?.as_f64());
        let value = match threshold.direction {
            Direction::AtMost => values.reduce(f64::min),
            Direction::AtLeast => values.reduce(f64::max),
        };
        (found, value)
    };
    let rows = table.rows.iter().filter_map(|row| {
        let (class, value) = call(row);
        Some(Call {
            key: row.get(key)?,
            class,
            value,
        })
    });
    Some(rows.collect())
}

/// The analyses of selection at sites, and their calls by site.
pub(super) fn sites(parts: &[Part]) -> (Vec<SiteAnalysis>, Vec<SiteCalls>) {
    let mut analyses = Vec::new();
    let mut by_site: BTreeMap<u64, Vec<Option<SiteCall>>> = BTreeMap::new();
    for part in parts
        .iter()
        .filter(|part| part.analysis.group == Group::Sites)
    {
        let Some(summary) = &part.summary else {
            continue;
        };
        let tells_direction = summary
            .classes
            .iter()
            .any(|class| class.selection.is_some());
        let Some(threshold) = summary.digest.threshold.clone().filter(|_| tells_direction) else {
            continue;
        };
        let Some(calls) = calls(summary, ColumnRole::Site) else {
            continue;
        };
        for call in calls {
            let Some(site) = call.key.as_u64() else {
                continue;
            };
            let of_site = by_site.entry(site).or_default();
            of_site.resize(analyses.len(), None);
            of_site.push(Some(SiteCall {
                class: call.class.map(|class| class.name.clone()),
                selection: call.class.and_then(|class| class.selection),
                value: call.value,
            }));
        }
        analyses.push(SiteAnalysis {
            method: part.analysis.id.to_owned(),
            name: part.analysis.name.to_owned(),
            threshold,
            preliminary: part.preliminary,
        });
    }
    let sites = by_site.into_iter().map(|(site, mut calls)| {
        calls.resize(analyses.len(), None);
        consensus(site, calls)
    });
    let sites = sites.collect();
    (analyses, sites)
}

fn consensus(site: u64, calls: Vec<Option<SiteCall>>) -> SiteCalls {
    let count = |selection| {
        let calls = calls.iter().flatten();
        calls
            .filter(|call| call.selection == Some(selection))
            .count()
    };
    let (positive, negative) = (count(Selection::Positive), count(Selection::Negative));
    SiteCalls {
        site,
        calls,
        positive,
        negative,
        direction: match (positive, negative) {
            (1.., 0) => Some(Selection::Positive),
            (0, 1..) => Some(Selection::Negative),
            _ => None,
        },
        agree: positive.max(negative),
    }
}

/// The branches under selection, by the analyses of branches.
pub(super) fn branches(parts: &[Part]) -> Vec<SelectedBranch> {
    let mut selected = Vec::new();
    for part in parts {
        let Some(summary) = &part.summary else {
            continue;
        };
        let of = summary.digest.threshold.as_ref();
        let of = of.map_or_else(String::new, |threshold| threshold.of.clone());
        for call in calls(summary, ColumnRole::Branch).into_iter().flatten() {
            let (Some(branch), Some(class)) = (call.key.as_str(), call.class) else {
                continue;
            };
            selected.push(SelectedBranch {
                branch: branch.to_owned(),
                method: part.analysis.id.to_owned(),
                selection: class.selection,
                of: of.clone(),
                value: call.value,
            });
        }
    }
    selected
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{methods, publication::Origin, request, summary::summarise};

    /// An analysis with these rows at codons 1 to 3.
    fn part(id: &str, headers: &[&str], rows: &Value) -> Part {
        let analysis = methods::find(id).unwrap();
        let headers: Vec<[&str; 2]> = headers.iter().map(|name| [*name, ""]).collect();
        let result = json!({
            "MLE": {"headers": headers, "content": {"0": rows}},
            "data partitions": {"0": {"coverage": [[0, 1, 2]]}},
            "analysis": {"engine": "native"},
        });
        let parameters = request::defaults(analysis);
        let text = result.to_string();
        let summary = summarise(
            analysis,
            &parameters,
            Origin::default(),
            None,
            text.as_bytes(),
        )
        .unwrap();
        Part {
            analysis,
            state: "completed".to_owned(),
            is_over: true,
            job_id: None,
            parameters: Some(parameters),
            partitioned: false,
            inferred_tree: false,
            note: None,
            summary: Some(summary),
            preliminary: false,
        }
    }

    #[test]
    fn analyses_that_contradict_each_other_have_no_common_direction() {
        let fel = json!([[1.0, 9.0, 0.01], [9.0, 1.0, 0.02], [1.0, 1.0, 0.9]]);
        let fubar = json!([[0.01, 0.99], [0.3, 0.6], [0.92, 0.05]]);
        let meme = json!([[0.03], [0.04], [0.5]]);
        let parts = [
            part("fel", &["alpha", "beta", "p-value"], &fel),
            part("fubar", &["Prob[alpha>beta]", "Prob[alpha<beta]"], &fubar),
            part("meme", &["p-value"], &meme),
        ];
        let (analyses, sites) = sites(&parts);
        assert_eq!(analyses.len(), 3);
        let counted = sites.iter();
        let counted: Vec<_> = counted
            .map(|site| (site.positive, site.negative, site.direction, site.agree))
            .collect();
        let expected = [
            (3, 0, Some(Selection::Positive), 3),
            (1, 1, None, 1),
            (0, 1, Some(Selection::Negative), 1),
        ];
        assert_eq!(counted, expected);
        // The value of the class that is found, or else the one nearest to the threshold.
        let fubar = sites.iter().map(|site| site.calls[1].as_ref().unwrap());
        let values: Vec<_> = fubar.map(|call| call.value.unwrap()).collect();
        assert_eq!(values, [0.99, 0.6, 0.92]);
    }
}
