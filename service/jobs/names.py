"""The names of the tasks, so that a feature can enqueue work that a layer above it runs."""

EMBED_SUPPLIER = "embed_supplier"
EMBED_NEED = "embed_need"
RUN_IMPORT = "run_import"
REFRESH_CLUSTERS = "refresh_clusters"
NIGHTLY_CLUSTERS = "nightly_clusters"
