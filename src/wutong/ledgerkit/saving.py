"""A form that saves: the same way for every page of the desk."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from wutong.base.errors import DomainError
from wutong.ledgerkit.middleware import audit_refusal
from wutong.ui.forms import HouseForm
from wutong.ui.pages import Crumb, FormPage
from wutong.ui.responses import form_response, saved_response
from wutong.ui.tables import Text

Save = Callable[[dict[str, Any]], str]
"""Takes what was typed; returns the address to go on to. It may put a question into the form instead of saving."""


def answer_form(
    request: HttpRequest,
    form: HouseForm,
    label: Text,
    save: Save,
    back: str,
    crumbs: Sequence[Crumb],
    *,
    intro: Text = "",
    stop: bool = False,
    draft: bool = True,
) -> HttpResponse:
    """The form; when it was sent, what `save` makes of it. A refusal is audited and stands in the form, with what others
    changed meanwhile; what was typed stays. `label` is the title and the button."""
    if request.method == "POST" and form.is_valid():
        try:
            href = save(dict(form.cleaned_data))
        except DomainError as error:
            audit_refusal(request, error)
            form.add_refusal(error)
            for words in getattr(error, "changes", ()):
                form.add_error(None, str(words))
        else:
            if not form.errors:
                return saved_response(request, href)
    page = FormPage(
        label, form, label, back, intro=intro, crumbs=crumbs, action_href=request.path, stop=stop, draft=draft
    )
    return form_response(request, page)
