process DATAMONKEY_RUN {
    tag "${meta.id}"
    label 'process_medium'

    input:
    tuple val(meta), path(alignment), path(tree)
    val method

    output:
    tuple val(meta), path("${prefix}/*.${method}.json")        , emit: result
    tuple val(meta), path("${prefix}/*.${method}.summary.json"), emit: summary
    tuple val(meta), path("${prefix}/*.${method}.csv")         , emit: table
    tuple val(meta), path("${prefix}/summary.csv")             , emit: row
    path "versions.yml"                                        , emit: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def trees = tree ? "--trees '${tree}'" : ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    LOCAL_MAX_THREADS=${task.cpus} datamonkey run ${method} \\
        '${alignment}' \\
        ${trees} \\
        -o '${prefix}' \\
        ${args}

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        datamonkey: \$(datamonkey --version | sed 's/^datamonkey //')
    END_VERSIONS
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    mkdir -p '${prefix}'
    for ending in json summary.json csv; do
        touch '${prefix}'/'${alignment.simpleName}.${method}'."\$ending"
    done
    touch '${prefix}/summary.csv'

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        datamonkey: \$(datamonkey --version | sed 's/^datamonkey //')
    END_VERSIONS
    """
}
