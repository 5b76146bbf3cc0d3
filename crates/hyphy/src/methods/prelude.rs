//! What the file of an analysis usually needs.

pub(super) use serde_json::Value;

pub(super) use super::{common::*, examples, native};
pub(super) use crate::{
    EngineKind,
    audit::FIT_TOLERANCE,
    digest::{
        Class, Column, ColumnDefinition, Digest, DigestInput, Rate, Selection, Table, Test,
        branches, distribution, format_p_value, or_none, pluralize, sites,
    },
    parameters::Parameters,
    table::{
        Analysis, BranchInput, Choice, Citation, Cost, Data, Example, Fixed, Group, Input, Kind,
        Minimum, Native, OptionCost, Parameter, Program, Quirk, Renamed, Rule, Stage, TreeInput,
    },
    version::*,
};
