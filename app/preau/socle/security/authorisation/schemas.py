"""What the forms of rights send."""

from datetime import date

from pydantic import BaseModel, Field

from preau.socle.security.authorisation.operations import Period


class GrantIn(BaseModel):
    """What the forms of grants and delegations send."""

    permissions: list[str] = Field(default_factory=list, max_length=100)
    starts_on: date | None = None
    ends_on: date | None = None
    suspended: bool = False
    role: str = Field("", max_length=40)

    @property
    def period(self) -> Period:
        """Its dates."""
        return Period(self.starts_on, self.ends_on)
