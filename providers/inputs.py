"""What the clients' inputs of all kinds have in common: how strict they are, and what a link is."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from domain.media import check_link, check_linked_media, check_media


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _image(value: str) -> str:
    return check_media(value, "image")


def _audio(value: str) -> str:
    return check_media(value, "audio")


SAYS_SOMETHING: dict[str, Any] = {"pattern": r"\S"}
A_LINK: dict[str, Any] = {"format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}
"""For the schema alone; what is really checked says it in better words."""

Text = Annotated[
    str, Field(min_length=1, json_schema_extra=SAYS_SOMETHING), AfterValidator(_not_blank)
]
Name = Annotated[
    str,
    Field(min_length=1, max_length=50, json_schema_extra=SAYS_SOMETHING),
    AfterValidator(_not_blank),
]
Link = Annotated[str, Field(min_length=1, json_schema_extra=A_LINK), AfterValidator(check_link)]
Image = Annotated[str, Field(min_length=1), AfterValidator(_image)]
Audio = Annotated[str, Field(min_length=1), AfterValidator(_audio)]
LinkedMedia = Annotated[str, Field(min_length=1), AfterValidator(check_linked_media)]
"""Where the provider takes no content: a URL, `upload://` or `submission://`."""


class Input(BaseModel):
    """Fields are taken as they are, unknown ones are refused, and no error repeats a value."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, value: Any) -> Any:
        """`null` for an optional field is the same as leaving it out."""
        if not isinstance(value, dict):
            return value
        return {
            name: given for name, given in value.items() if given is not None or _kept(cls, name)
        }


def _kept(model: type[BaseModel], name: str) -> bool:
    known = model.model_fields.get(name)
    return known is None or known.is_required()
