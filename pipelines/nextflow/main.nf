#!/usr/bin/env nextflow

// Analyses every alignment of a folder by every method, and joins the tables of each method.
// nextflow.config has the parameters and the three small genes of the example.

include { DATAMONKEY_RUN } from './modules/datamonkey/run/main'

workflow {
    genes = Channel
        .fromPath(params.alignments, checkIfExists: true)
        .map { alignment ->
            def trees = params.trees ? files("${params.trees}/${alignment.baseName}.*") : []
            if (trees.size() > 1) {
                error("${alignment.name} has several trees: ${trees*.name.join(', ')}")
            }
            [[id: alignment.baseName], alignment, trees ? trees[0] : []]
        }

    methods = Channel.fromList(params.methods.tokenize(','))
    jobs = genes.combine(methods)

    DATAMONKEY_RUN(
        jobs.map { meta, alignment, tree, method -> [meta + [method: method], alignment, tree] },
        jobs.map { _meta, _alignment, _tree, method -> method }
    )

    // Rows have a head each.
    DATAMONKEY_RUN.out.row
        .collectFile(storeDir: params.results, keepHeader: true, sort: true) { meta, row ->
            ["${meta.method}.csv", row]
        }
}
