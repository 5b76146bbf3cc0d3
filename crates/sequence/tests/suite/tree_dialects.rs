//! Trees as programs and people write them: PAML's labels, supports and annotations, and trees
//! pasted below sequences.

use rstest::rstest;
use sequence::check::{self, DataKind, Needs, TreeNeed};
use sequence::{Format, Level, Tree, report, write};

use crate::{codes, errors, newick, read, rows};

fn trees(document: &sequence::Document) -> Vec<String> {
    let trees = document.trees.iter();
    trees.map(|t| write::newick(&t.tree)).collect()
}

/// Every place in which PAML's labels are found.
#[rstest]
#[case::glued("((a#1,b)#1,c);", "((a{1},b){1},c);")]
#[case::blank("((a #1, b) #1, c);", "((a{1},b){1},c);")]
#[case::before_the_length("((a #1:0.1,b:1)#2:0.5,c:1);", "((a{1}:0.1,b:1){2}:0.5,c:1);")]
#[case::after_the_length("((a:0.1 #1,b:1):0.5#2,c:1);", "((a{1}:0.1,b:1){2}:0.5,c:1);")]
#[case::blanks_around(
    "((a : 0.1 #1 , b : 1) #2 : 0.5 , c : 1);",
    "((a{1}:0.1,b:1){2}:0.5,c:1);"
)]
#[case::after_a_support("((a,b)95#1:0.5,c);", "((a,b)95{1}:0.5,c);")]
#[case::after_an_inner_name("((a,b)anc #1,c);", "((a,b)anc{1},c);")]
#[case::quoted_name("('a b'#1,b,c);", "('a b'{1},b,c);")]
#[case::quoted_label("((a,b)'#1',c);", "((a,b){1},c);")]
#[case::clade("(((a,b)x,d)$1,c);", "(((a{1},b{1})x{1},d{1}){1},c);")]
#[case::clade_of_a_leaf("(a $2,b,c);", "(a{2},b,c);")]
#[case::inner_clade_first("(((a,b)$2,d)$1,c);", "(((a{2},b{2}){2},d{1}){1},c);")]
#[case::branch_before_clade("(((a #3,b)x,d)$1,c);", "(((a{3},b{1})x{1},d{1}){1},c);")]
#[case::background("(((a #0,b)x,d)$1,c);", "(((a,b{1})x{1},d{1}){1},c);")]
#[case::background_alone("(a #0,b #1,c);", "(a,b{1},c);")]
#[case::names_stay_apart("(s#1,s#2,s#3);", "('s#1','s#2','s#3');")]
#[case::no_number("(a#x,b#1x,c);", "('a#x','b#1x',c);")]
#[case::no_name("(#1,b,c);", "('#1',b,c);")]
fn labels_of_paml(#[case] text: &str, #[case] written: &str) {
    let tree = newick(text);
    let expected = written.replace("'#1'", "\"#1\"");
    assert_eq!(write::newick(&tree), expected);
    assert_eq!(newick(&expected), tree);
}

/// PRANK names the nodes of its trees.
#[rstest]
#[case::plain("((A:0.1,B:0.2)#1#:0.05,(C:0.1,D:0.2)#2#:0.05,E:0.3)#3#;")]
#[case::blanks("((A:0.1,B:0.2) #1# :0.05,(C:0.1,D:0.2) #2# :0.05,E:0.3) #3# ;")]
#[case::quoted("((A:0.1,B:0.2)'#1#':0.05,(C:0.1,D:0.2)'#2#':0.05,E:0.3)'#3#';")]
fn names_of_prank_are_no_labels(#[case] text: &str) {
    let document = read(text);
    assert_eq!(document.findings, []);
    let tree = &document.trees[0].tree;
    let names: Vec<_> = tree
        .internal_nodes()
        .map(|id| tree.node(id).name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["#3#", "#1#", "#2#"]);
    assert!(tree.preorder().all(|id| tree.node(id).label.is_none()));
    assert_eq!(newick(&write::newick(tree)), *tree);
}

#[test]
fn names_of_prank_may_have_labels() {
    let tree = newick("((a,b)#1#{Test}:0.1,(c,d)#2# #4:0.1,e#3#);");
    assert_eq!(
        write::newick(&tree),
        "((a,b)'#1#'{Test}:0.1,(c,d)'#2#'{4}:0.1,'e#3#');"
    );
}

#[test]
fn labels_of_paml_are_noted() {
    let document = read("((a#1,b)$1,c);");
    assert_eq!(codes(&document.findings), ["paml-labels"]);
    assert_eq!(
        document.findings[0].message,
        "The tree has 2 labels in PAML's notation ('#1' for a branch, '$1' for a clade), which \
         became branch labels."
    );
}

/// Supports and annotations, and the support that is kept.
#[rstest]
#[case::iqtree_both("100/98.5", Some("100/98.5"))]
#[case::iqtree_three("100.0/0.999/98", Some("100.0/0.999/98"))]
#[case::iqtree_second("/95", Some("/95"))]
#[case::iqtree_first("100/", Some("100/"))]
#[case::fasttree("0.998", Some("0.998"))]
#[case::exponent("1E2", Some("1E2"))]
#[case::not_available("NA", Some("NA"))]
#[case::not_a_number("NaN", Some("NaN"))]
#[case::part_missing("NA/95", Some("NA/95"))]
#[case::not_applicable("N/A", Some("N/A"))]
#[case::dash("-/95", Some("-/95"))]
#[case::percent("95%", Some("95%"))]
#[case::raxml_bracket("[87]", Some("87"))]
#[case::astral("'[q1=0.9;q2=0.05;pp1=0.99;pp2=0]'", Some("0.99"))]
#[case::astral_quartets("'[q1=0.9;q2=0.05]'", None)]
#[case::astral_bracket("[pp=0.98]", Some("0.98"))]
#[case::beast("[&height=1.5,posterior=0.97,rate={1,2}]", Some("0.97"))]
#[case::figtree("[&label=75]", Some("75"))]
#[case::figtree_colour("[&!color=#ff0000]", None)]
#[case::mrbayes("[&prob=1.0e+00,prob_stddev=0]", Some("1.0e+00"))]
#[case::nhx("[&&NHX:S=human:D=N:B=88]", Some("88"))]
#[case::nhx_without("[&&NHX:S=human:D=N]", None)]
#[case::slashes("//", None)]
fn supports_are_no_names(#[case] mark: &str, #[case] support: Option<&str>) {
    let texts = [
        format!("((a:1,b:1){mark}:0.5,c:1);"),
        format!("((a:1,b:1){mark} : 0.5,c:1);"),
        format!("((a:1,b:1):0.5{mark},c:1);"),
    ];
    // Only annotations in brackets stand after the length.
    let known = if mark.starts_with('[') { 3 } else { 2 };
    for text in &texts[..known] {
        let tree = newick(text);
        let inner = tree.node(tree.internal_nodes().nth(1).unwrap());
        let name = Some(mark).filter(|m| *m == "//");
        assert_eq!(
            (inner.name.as_deref(), inner.support.as_deref()),
            (name, support),
            "{text}"
        );
        assert_eq!(inner.length, Some(0.5));
        assert_eq!(tree.node_names()[1], name.unwrap_or("Node1"));
        assert_eq!(newick(&write::newick(&tree)), tree);
    }
}

#[test]
fn supports_may_have_labels() {
    let tree = newick("((a,b)100/98.5{Test}:0.1,(c,d)/95#2:0.1,e:0.1[x]);");
    assert_eq!(
        write::newick(&tree),
        "((a,b)100/98.5{Test}:0.1,(c,d)/95{2}:0.1,e:0.1);"
    );
}

/// Quotes around a support make no difference.
#[rstest]
#[case::both(
    "((A:0.1,B:0.2)'100/1':0.05,(C:0.1,D:0.2)'100/1':0.05,E:0.3);",
    "((A:0.1,B:0.2)100/1:0.05,(C:0.1,D:0.2)100/1:0.05,E:0.3);"
)]
#[case::single_and_double(
    "((A:0.1,B:0.2)'100':0.05,(C:0.1,D:0.2)\"95\":0.05,E:0.3);",
    "((A:0.1,B:0.2)100:0.05,(C:0.1,D:0.2)95:0.05,E:0.3);"
)]
#[case::missing("((A,B)'NA',(C,D)'/95',E);", "((A,B)NA,(C,D)/95,E);")]
#[case::label("((A,B)'95'{Test},(C,D)'95'#1,E);", "((A,B)95{Test},(C,D)95{1},E);")]
#[case::leaves("('97/1':0.1,'100':0.1,(A,B)'99');", "('97/1':0.1,'100':0.1,(A,B)99);")]
#[case::names("((A,B)'95x',(C,D)'clade 95',E);", "((A,B)'95x',(C,D)'clade 95',E);")]
fn supports_may_be_in_quotes(#[case] quoted: &str, #[case] written: &str) {
    let document = read(quoted);
    let expected = newick(written);
    assert_eq!(document.trees[0].tree, expected);
    let findings = check::tree(
        &expected,
        &Needs {
            data: DataKind::Any(vec![]),
            min_sequences: 3,
            tree: TreeNeed::Unrooted,
        },
    );
    assert_eq!(codes(&findings), [""; 0]);
    assert_eq!(newick(&write::newick(&expected)), expected);
}

#[test]
fn calibrations_are_said() {
    let text = "4 1\n((a:0.1,b:0.1)'B(0.06,0.08)':0.1,(c,d)'>0.12<0.15')'@0.5'; //end of file";
    let document = read(text);
    let said = report(&document).findings;
    let calibrated = said.iter().find(|one| one.code == "calibrated-node");
    assert_eq!(
        calibrated.map(|one| one.message.as_str()),
        Some(
            "3 nodes of the tree have a calibration of MCMCTree in place of a name, such as \
             '@0.5'."
        )
    );
    for named in [
        "((a,b)B1,c);",
        "((a,b)'Beta(x)',c);",
        "((a,b)'G',c);",
        "((a,b)95,c);",
    ] {
        let findings = report(&read(named)).findings;
        assert_eq!(codes(&findings), [""; 0], "{named}");
    }
}

/// Names that would be read as something else are quoted in another way.
#[rstest]
#[case("#1")]
#[case("$12")]
#[case("a#1")]
#[case("[q=1]")]
#[case("NA")]
#[case("/95")]
#[case("95")]
#[case("100/1")]
#[case("95%")]
fn such_names_are_written_so_that_they_stay_names(#[case] name: &str) {
    let mut tree = Tree::new();
    let inner = tree.add_child(tree.root());
    for (below, name) in [(inner, "a"), (inner, "b"), (tree.root(), name)] {
        let id = tree.add_child(below);
        tree.node_mut(id).name = Some(name.to_string());
    }
    tree.node_mut(inner).name = Some(name.to_string());
    assert_eq!(newick(&write::newick(&tree)), tree);
}

const FASTA: &str = ">a\nACGTAC\n>b\nACGTAA\n>c\nACGTAG\n";

#[rstest]
#[case::plain("(a,b,c);", None)]
#[case::rooted("[&R] (a,b,c);", None)]
#[case::unrooted("[&U](a,b,c);", None)]
#[case::header(">tree\n(a,b,c);", Some("tree"))]
#[case::header_and_blank_line(">ML tree\n\n(a,b,c);", Some("ML tree"))]
#[case::glued_header(">Tree(a,b,c);", Some("Tree"))]
#[case::word("Tree: (a,b,c);", None)]
#[case::word_above("tree:\n(a,b,c);", None)]
#[case::annotated("tree STATE_0 [&lnP=-1.5] = [&R] (a,b,c);", Some("STATE_0"))]
#[case::assigned("tree1 = (a,b,c);", Some("tree1"))]
#[case::command("TREE t = [&U] (a,b,c);", Some("t"))]
#[case::star("tree * best = (a,b,c);", Some("best"))]
#[case::utree("UTREE PAUP_1=(a,b,c);", Some("PAUP_1"))]
#[case::block("BEGIN TREES;\n  TREE t = [&R] (a,b,c);\nEND;", Some("t"))]
#[case::translated(
    "Begin trees;\ntranslate 1 a, 2 b, 3 c;\ntree t = (1,2,3);\nend;",
    Some("t")
)]
#[case::nexus("#NEXUS\nBEGIN TREES;\nTREE t = (a,b,c);\nEND;", Some("t"))]
#[case::block_without_semicolon("BEGIN TREES;\nTREE t = (a,b,c)\nEND", Some("t"))]
#[case::wrapped("(a,\nb,\nc);", None)]
fn trees_pasted_below_sequences(#[case] pasted: &str, #[case] name: Option<&str>) {
    let document = read(format!("{FASTA}{pasted}\n"));
    assert_eq!(
        rows(&document),
        [("a", "ACGTAC"), ("b", "ACGTAA"), ("c", "ACGTAG")]
    );
    assert_eq!(document.trees.len(), 1);
    let leaves: Vec<_> = document.trees[0].tree.leaf_names().collect();
    assert_eq!(leaves, ["a", "b", "c"]);
    assert_eq!(document.trees[0].name.as_deref(), name);
    if !pasted.ends_with("END") {
        assert_eq!(document.findings, []);
    }
    // The same text by itself, and below the other formats.
    let alone = read(pasted);
    if !pasted.starts_with('>') {
        assert_eq!(trees(&alone), trees(&document));
    }
    let phylip = read(format!("3 6\na ACGTAC\nb ACGTAA\nc ACGTAG\n\n{pasted}\n"));
    assert_eq!(
        (rows(&phylip), trees(&phylip)),
        (rows(&document), trees(&document))
    );
}

#[rstest]
#[case("Treeshrew (Tupaia, captive)")]
#[case("tree frog")]
#[case("tree1")]
#[case("phylogeny = x")]
fn names_that_speak_of_trees_are_names(#[case] name: &str) {
    let document = read(format!(">a\nACGTAC\n>{name}\nACGTAA\n>c\nACGTAG\n"));
    assert_eq!(rows(&document)[1], (name, "ACGTAA"));
    assert_eq!((document.trees.len(), rows(&document).len()), (0, 3));
}

#[rstest]
#[case::trees("  1\n\n(a,b,c);\n")]
#[case::leaves_and_trees(" 3 1\n(a,b,c);\n")]
#[case::note_after("1\n(a,b,c);\n\nThese trees are from (Smith, 1999).\n")]
#[case::note_and_parentheses("3  1\n(a,b,c);\n(the tree of Smith, 1999)\n")]
#[case::values("1\n(a,b,c);  -1234.5\n")]
fn counts_above_trees_are_read(#[case] text: &str) {
    let document = read(text);
    assert_eq!(
        (document.format, trees(&document)),
        (Format::Newick, vec!["(a,b,c);".to_string()])
    );
    let noted = text.len() > 15;
    let expected: &[&str] = if noted { &["text-after-trees"] } else { &[] };
    assert_eq!(codes(&document.findings), expected);
}

#[test]
fn notes_after_trees_are_passed_over_with_their_line() {
    let document = read("((a,b),c);\n\nThe tree of Smith (1999), by ML\nlength 12\n");
    assert_eq!(trees(&document), ["((a,b),c);"]);
    assert_eq!(codes(&document.findings), ["text-after-trees"]);
    assert_eq!(document.findings[0].line, Some(3));
}

#[test]
fn of_several_trees_the_first_counts_and_that_is_said() {
    for text in ["2\n(a,b,c);\n(b,(a,c));\n", "(a,b,c);(b,(a,c));"] {
        let document = read(text);
        assert_eq!(trees(&document), ["(a,b,c);", "(b,(a,c));"]);
        assert_eq!(codes(&document.findings), ["several-trees"]);
        assert_eq!(
            document.findings[0].message,
            "The file has 2 trees; an analysis uses the first."
        );
    }
}

#[test]
fn what_is_no_tree_is_still_an_error() {
    assert_eq!(
        errors(&read("(a,b,c\n").findings),
        ["unbalanced-parentheses"]
    );
    assert_eq!(
        errors(&read("tree1 = (a,b\n").findings),
        ["unbalanced-parentheses"]
    );
    assert_eq!(errors(&read("tree1 = a,b\n").findings), ["unknown-format"]);
}

#[rstest]
#[case::always("((A:0,11,B:0,25):0,05,C:0,33,(D:0,17,E:0,21):0,12);", "0,11", "0.11")]
#[case::one_digit("((A:0,1,B:0,25):0,05,C:0,3,(D:0,1,E:0,2):0,1);", "0,1", "0.1")]
#[case::longer_names("((Aa:0,1,Bb:0,2):0,3,Cc:0,4,Dd:0,5);", "0,1", "0.1")]
#[case::exponents("(A:1,5e-05,B:2,25E-3,C:0,1);", "1,5e-05", "1.5e-05")]
#[case::whole_numbers("(A:0,B:1,C:0,75,(D:0,2,E:1,5):0,5);", "0,75", "0.75")]
#[case::no_comma_in_exponents("(A:1e-05,B:0,1,C:0,2);", "0,1", "0.1")]
#[case::negative("(A:-0,1,B:0,2,C:0,3);", "-0,1", "-0.1")]
#[case::at_the_root("(A:0,1,B:0,2,C:0,3):0,0;", "0,1", "0.1")]
#[case::supports("((A:0,1,B:0,2)95:0,3,C:0,4,D:0,5);", "0,1", "0.1")]
#[case::fractions_as_supports("((A:0,1,B:0,2)0,95:0,3,C:0,4,D:0,5);", "0,1", "0.1")]
#[case::numbers_as_names("((1:0,1,2:0,2):0,3,3:0,4);", "0,1", "0.1")]
#[case::nexus(
    "#NEXUS\nBEGIN TREES;\nTRANSLATE 1 A, 2 B, 3 C;\nTREE t = (1:0,1,2:0,2,3:0,3);\nEND;",
    "0,1",
    "0.1"
)]
fn decimal_commas_are_an_error(#[case] text: &str, #[case] comma: &str, #[case] point: &str) {
    let document = read(text);
    assert_eq!(errors(&document.findings), ["decimal-comma"]);
    assert_eq!(
        document.findings[0].sentence(),
        format!(
            "The branch lengths seem to be written with a decimal comma ('{comma}'). Write them with \
             a point ('{point}')."
        )
    );
    assert!(document.trees.is_empty());
}

#[test]
fn decimal_commas_are_reported_with_their_line() {
    let document = read("(A,\nB:0,1,\nC:0,2);");
    assert_eq!(codes(&document.findings), ["decimal-comma"]);
    assert_eq!(document.findings[0].line, Some(2));
}

/// Leaves that are numbers are no decimals.
#[rstest]
#[case("(1:0.1,2:0.2,(3:0.1,4:0.2):0.1);")]
#[case("((1:1,2:1):1,3:2);")]
#[case("((1:0,2:0):0,(3:0,4:0):0,5:0);")]
#[case("(1,2,(3,4));")]
#[case("((1,2):1,(3,4):1,5:1);")]
#[case("((a:1,2:1):1,33,44);")]
#[case("(a:1, 2, b:1, 3);")]
#[case("(a:1,'2',b:1,'3');")]
#[case("(a:1,2,b:1.5,3);")]
#[case("(a:1,2,b,3);")]
#[case("(a:1,2,b);")]
fn numbers_of_leaves_are_no_decimals(#[case] text: &str) {
    assert_eq!(errors(&read(text).findings), [""; 0]);
    newick(text);
}

/// What Mesquite writes in angle brackets.
#[rstest]
#[case::after_lengths(
    "((A:1.0,B:2.0):0.5<color = 5 >,C:3.0<selected = on >);",
    "((A:1,B:2):0.5,C:3);"
)]
#[case::after_names(
    "((A<color = 5 >:1.0,B <color = 5 >:2.0)x<a=b>:0.5,C:3.0);",
    "((A:1,B:2)x:0.5,C:3);"
)]
#[case::after_a_parenthesis("((A,B)<color = 5 >,C)<name = 'x,y' selected = on >;", "((A,B),C);")]
#[case::quoted("(('A<1'<n = 'a>b;(' >,B),C)<name = 'it''s' >;", "(('A<1',B),C);")]
#[case::with_comments("((A,B)95<a = 1 >[x]<b = 2 >:0.1[&c=1],C);", "((A,B)95:0.1,C);")]
#[case::with_labels("((A #1<a = 1 >,B)#2<a = 1 >,C{X}<a = 1 >);", "((A{1},B){2},C{X});")]
#[case::lines("((A,B)<\n  color = 5\n>,C);", "((A,B),C);")]
#[case::names(
    "(a<b,c>d,<e>,<f = 1>,g<=2>,h<i=j>k);",
    "('a<b','c>d','<e>','<f = 1>','g<=2>','h<i=j>k');"
)]
#[case::not_closed("(a<b = 1,c);", "('a<b = 1',c);")]
fn annotations_in_angle_brackets_are_passed_over(#[case] text: &str, #[case] written: &str) {
    assert_eq!(write::newick(&newick(text)), written);
}

#[test]
fn a_file_of_mesquite_is_read() {
    let document = read(
        "#NEXUS\n[written by Mesquite]\nBEGIN TAXA;\n\tTITLE Taxa;\n\tDIMENSIONS NTAX=3;\n\tTAXLABELS\n\
         \t\tA B C\n\t;\nEND;\nBEGIN TREES;\n\tTitle Trees;\n\tLINK Taxa = Taxa;\n\tTRANSLATE\n\
         [0] \t\t1 A,\n[1] \t\t2 B,\n[2] \t\t3 C;\n\
         \tTREE 'Default tree+' = [&R] ((1:1.0,2:2.0):0.5<color = 5 >,3:3.0)<name = 'x,y' selected = on >;\n\
         END;\n",
    );
    assert_eq!(errors(&document.findings), [""; 0]);
    assert_eq!(trees(&document), ["[&R] ((A:1,B:2):0.5,C:3);"]);
    assert_eq!(document.trees[0].name.as_deref(), Some("Default tree+"));
}

/// The time does not grow with the square of the size.
#[rstest]
#[case::open("a<b=,")]
#[case::quoted("a<'b=,")]
#[case::quotes_apart("<x' '")]
#[case::equal_signs("a<=====")]
#[case::blanks("a<      ")]
fn many_angle_brackets_are_quick(#[case] part: &str) {
    let start = std::time::Instant::now();
    read(format!("(x,{}z);", part.repeat(100_000)));
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

/// `write.tree` of ape with `tree.names = TRUE`.
#[rstest]
#[case::glued("gene1(", "gene2(", ["gene1", "gene2"])]
#[case::blank("gene1 (", "gene2 (", ["gene1", "gene2"])]
#[case::signs("ENSG_1.fa|x-1(", "ENSG_2.fa|x/2(", ["ENSG_1.fa|x-1", "ENSG_2.fa|x/2"])]
#[case::numbers("1(", "2(", ["1", "2"])]
#[case::trees("tree1(", "tree2(", ["tree1", "tree2"])]
fn names_before_trees_are_their_names(
    #[case] first: &str,
    #[case] second: &str,
    #[case] names: [&str; 2],
) {
    let document = read(format!(
        "{first}(A:0.1,B:0.1):0.1,C:0.3,(D:0.1,E:0.1):0.1);\n\
         {second}(A:0.1,C:0.2):0.1,B:0.3,(D:0.1,E:0.1):0.1);\n"
    ));
    assert_eq!(document.format, Format::Newick);
    let found = document.trees.iter().map(|t| t.name.as_deref().unwrap());
    assert_eq!(found.collect::<Vec<_>>(), names);
    assert_eq!(
        trees(&document),
        [
            "((A:0.1,B:0.1):0.1,C:0.3,(D:0.1,E:0.1):0.1);",
            "((A:0.1,C:0.2):0.1,B:0.3,(D:0.1,E:0.1):0.1);"
        ]
    );
    assert_eq!(codes(&document.findings), ["several-trees"]);
}

#[test]
fn trees_with_names_may_share_a_line() {
    let document = read("gene1(A,B,C);gene2(A,(B,C)); gene3 (B,A,C);");
    let found = document.trees.iter().map(|t| t.name.as_deref().unwrap());
    assert_eq!(found.collect::<Vec<_>>(), ["gene1", "gene2", "gene3"]);
}

#[test]
fn a_fault_in_a_tree_with_a_name_is_reported() {
    let document = read("gene1((A:0.1,B:0.1:0.1,C:0.3);\n");
    assert_eq!(document.format, Format::Newick);
    assert_eq!(errors(&document.findings).len(), 1);
    assert_ne!(errors(&document.findings), ["unknown-format"]);
}

/// Text with parentheses that is no tree.
#[rstest]
#[case("LoadFunctionLibrary(\"libv3/all-terms.bf\");\n")]
#[case("fprintf(stdout, \"a\", 1);\n")]
#[case("print(a, b);\n")]
#[case("The trees (ML, NJ, MP);\n")]
#[case("Smith(1999, 2000, 2001)\n")]
fn other_words_before_parentheses_name_no_tree(#[case] text: &str) {
    assert_eq!(errors(&read(text).findings), ["unknown-format"]);
    let document = read(format!("(a,b,c);\n{text}"));
    assert_eq!(codes(&document.findings), ["text-after-trees"]);
    assert_eq!(document.trees.len(), 1);
}

/// Names and supports may follow a label.
#[rstest]
#[case::support(
    "((A:0.1,B:0.2){Foreground}88:0.05,C:0.1,D:0.2);",
    "((A:0.1,B:0.2)88{Foreground}:0.05,C:0.1,D:0.2);"
)]
#[case::two_supports("((A,B){X}100/1,C,D);", "((A,B)100/1{X},C,D);")]
#[case::quoted("((A,B){X}'95':0.1,C,D);", "((A,B)95{X}:0.1,C,D);")]
#[case::names("(({X}A:1,B){Y}x:2,C,D);", "((A{X}:1,B)x{Y}:2,C,D);")]
#[case::the_same_label("(A{X}{X}:1,B{ }{Y},C);", "(A{X}:1,B{Y},C);")]
fn labels_may_come_first(#[case] text: &str, #[case] written: &str) {
    assert_eq!(write::newick(&newick(text)), written);
}

const SECOND: &str = "A ')' may be missing before it. If it is a support value, write it before the \
                      ':', as in (A,B)95:0.1.";
const NETWORK: &str = "This is a phylogenetic network (extended Newick), not a tree. The analyses \
                       need a tree. Upload a tree that the network displays, for instance its major \
                       tree.";
const AFTER: &str = "A ',' may be missing before it. If it is a name or a support value, write it \
                     before the ':'.";

/// What errors say, and where.
#[rstest]
#[case::labels(
    "((A{Test}{Other}:0.1,B:0.2):0.05,C:0.1,D:0.2);",
    "two-labels",
    "'A' has two labels, {Test} and {Other}. Keep one."
)]
#[case::labels_of_an_inner_branch(
    "((A,B){Test}:0.05{Other},C:0.1,D:0.2);",
    "two-labels",
    "The clade from 'A' to 'B' has two labels, {Test} and {Other}. Keep one."
)]
#[case::labels_of_a_name_in_small_letters(
    "(a{Test}:0.1{Other},C:0.1,D:0.2);",
    "two-labels",
    "'a' has two labels, {Test} and {Other}. Keep one."
)]
#[case::network(
    "((A:0.1,(B:0.1)#H1:0.05::0.7):0.1,(#H1:0.01::0.3,C:0.2):0.1,D:0.3,E:0.1);",
    "phylogenetic-network",
    NETWORK
)]
#[case::network_leaf_first("((#H1:::0.3,C),(A,(B)#H1:::0.7),D);", "phylogenetic-network", NETWORK)]
#[case::network_with_support("((A,(B)#H1:1:90:0.7),(#H1,C),D);", "phylogenetic-network", NETWORK)]
#[case::network_without_values("((A,(B)#H1),(#H1,C),D);", "phylogenetic-network", NETWORK)]
#[case::network_with_names("((A,(B)x#LGT2:1),(x#LGT2:2,C),D);", "phylogenetic-network", NETWORK)]
#[case::network_of_recombinations("((A,(B)#R12),(C,#R12),D);", "phylogenetic-network", NETWORK)]
#[case::missing_parenthesis(
    "((A:0.1,B:0.2):0.1,C:0.3,(D:0.1,E:0.1:0.1);",
    "second-branch-length",
    format!("A second length follows that of 'E'. {SECOND}")
)]
#[case::support_after_the_length(
    "((A:0.1,B:0.2):0.05:95,(C,D):100[88],E);",
    "second-branch-length",
    format!("A second length follows that of the clade from 'A' to 'B'. {SECOND}")
)]
#[case::support_after_a_blank(
    "((A:0.1,B:0.2):0.05 95,C,D);",
    "unexpected-character",
    format!("Text follows the length of the clade from 'A' to 'B'. {AFTER}")
)]
#[case::missing_comma(
    "((A:0.1 B:0.2):0.05,C,D);",
    "unexpected-character",
    format!("Text follows the length of 'A'. {AFTER}")
)]
#[case::missing_comma_between_clades(
    "((K,L)(M,N),O);",
    "unexpected-character",
    "The clade from 'K' to 'L' is followed by '('. A ',' may be missing before it."
)]
#[case::missing_comma_after_a_support(
    "(((K,L)95:0.1(M,N)),O);",
    "unexpected-character",
    "The clade from 'K' to 'L' is followed by '('. A ',' may be missing before it."
)]
#[case::name_with_parentheses(
    "(B(14.1,30.1),C,D);",
    "unexpected-character",
    "'B' is followed by '('. If it belongs to the name, put the name in single quotes. Otherwise, a ',' is \
     missing before it."
)]
#[case::two_names(
    "('A' B,C,D);",
    "unexpected-character",
    "'A' is followed by other text. A ',' may be missing before it. Put names with special characters \
     in single quotes."
)]
#[case::too_large(
    "(A:1e400,B:1,C:1);",
    "bad-branch-length",
    "The branch length '1e400' is too large. Write branch lengths in substitutions per site, such as \
     0.05."
)]
#[case::no_number(
    "(A:inf,B:1,C:1);",
    "bad-branch-length",
    "A ':' in the tree is not followed by a number. Write branch lengths as 0.05 or 5e-2, or leave \
     them out."
)]
fn errors_say_what_is_wrong(
    #[case] text: &str,
    #[case] code: &str,
    #[case] sentence: impl Into<String>,
) {
    let document = read(format!("\n{text}"));
    assert_eq!(errors(&document.findings), [code]);
    let finding = &document.findings[0];
    assert_eq!(
        (finding.sentence(), finding.line),
        (sentence.into(), Some(2))
    );
}

/// Names that end as those of hybrid nodes do.
#[rstest]
#[case("((a#H1,b),c#H1,d);", "(('a#H1',b),'c#H1',d);")]
#[case("((a,b)#H1,c#H2,d);", "((a,b)'#H1','c#H2',d);")]
#[case("((a,b)'#H1','#H1',d);", "((a,b)'#H1','#H1',d);")]
fn names_like_those_of_networks_are_names(#[case] text: &str, #[case] written: &str) {
    assert_eq!(write::newick(&newick(text)), written);
}

/// What a start would refuse is reported of an upload.
#[rstest]
#[case::duplicate("(a,b,a,a);", &[("duplicate-leaf", Level::Error)])]
#[case::nameless("(a,b,,);", &[("unnamed-leaf", Level::Error)])]
#[case::both("(a,b,,a);", &[("unnamed-leaf", Level::Error), ("duplicate-leaf", Level::Error)])]
#[case::with_sequences(
    ">a\nACGTAC\n>b\nACGTAA\n>c\nACGTAG\n(a,b,c,a);",
    &[("duplicate-leaf", Level::Warning)]
)]
#[case::not_used("(a,b,c);(a,b,a);", &[("several-trees", Level::Note)])]
#[case::good("((a,b)x,(c,d)x);", &[])]
fn the_report_names_faults_of_leaves(#[case] text: &str, #[case] expected: &[(&str, Level)]) {
    let document = read(text);
    assert_eq!(errors(&document.findings), [""; 0]);
    let report = report(&document);
    let found = report.findings.iter().map(|f| (f.code.as_str(), f.level));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let errors = expected.iter().filter(|(_, level)| *level == Level::Error);
    assert_eq!(report.finding_counts.error, errors.count());
}
