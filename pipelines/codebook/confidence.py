"""The schema of `confidence.toml`, which `pipelines.report.calibration` writes."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from pipelines.build.toml_file import Entry, wrong

Share = Annotated[float, Field(ge=0, le=1, description="a number from 0 to 1")]


class ConfidenceFile(Entry):
    """`confidence.toml`: the share of the facts read in each way (`read_as`) that is right, in the order of trust."""

    clause: Share
    shared: Share
    carried: Share
    tie: Share

    @model_validator(mode="after")
    def _falls(self) -> Self:
        shares = self.model_dump()
        for (before, more), (name, less) in pairwise(shares.items()):
            if less > more:
                raise wrong(str(less), f"{more} at most, as {before} has", name)
        return self
