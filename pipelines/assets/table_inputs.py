"""Which asset makes each source that the SQL under `sql/` may name. A table is an asset of its own name."""

ASSETS = {
    "stage_files": "raw_files",
    "stage_documents": "documents",
    "stage_identities": "identities",
    "stage_readings": "facts",
    "stage_facts": "facts",
    "stage_numbers": "numbers",
    "stage_similarities": "similarities",
    "stage_corrections": "corrections",
    "ref_divisions": "division_codes",
    "ref_division_changes": "division_codes",
    "ref_county_changes": "division_codes",
    "ref_indicators": "codebook",
}


def asset_name(source: str) -> str:
    """The asset that makes what the SQL calls `source`."""
    return ASSETS.get(source, source)
