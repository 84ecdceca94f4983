"""Fills own templates with a digest that is made up, so that a mistake in them is seen before a Monday."""

from dataclasses import replace
from pathlib import Path

from digests.own_templates import names_in
from digests.render import filled
from digests.sample import sample
from digests.wording import Language
from monitor.checkup.finding import Finding, advice, failed, fine
from monitor.errors import TemplateError


def template(audience: str, language: Language, directory: Path) -> Finding:
    """Whether the templates of an audience can be filled."""
    subject = f"templates of {audience}"
    try:
        names = names_in(directory)
        for name in names:
            filled(replace(sample(audience, language), template=directory), name)
    except TemplateError as error:
        return failed(subject, error)
    if not names:
        return advice(
            subject, f"{directory} holds none", "name one digest.md.j2 or digest.html.j2, or remove `template`"
        )
    return fine(subject, f"{directory}: {', '.join(names)} can be filled")
