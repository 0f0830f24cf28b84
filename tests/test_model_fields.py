"""Rules of the data model that no import shows: a ForeignKey written as a string escapes the import contracts."""

from collections.abc import Iterator

import pytest
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from tests import house

pytestmark = pytest.mark.house

LONGEST_IDENTIFIER = 30
INHERITED = {"last_login", "date_joined"}
"""Fields of Django's own abstract classes keep Django's names."""


def own_fields() -> Iterator[tuple[str, models.Field]]:
    """Label (`cases.Case.due_at`) and field of every column and many-to-many relation of our models."""
    for model in house.own_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            yield f"{model._meta.label}.{field.name}", field


def tables() -> Iterator[type[models.Model]]:
    """Our models and the automatic tables between them."""
    for model in house.own_models():
        yield model
        for relation in model._meta.local_many_to_many:
            through = relation.remote_field.through
            if through._meta.auto_created:
                yield through


def test_a_relation_points_to_the_same_or_a_lower_layer() -> None:
    found = []
    for label, field in own_fields():
        if field.is_relation and field.related_model:
            source, target = field.model.__module__, field.related_model.__module__
            if house.layer(target) > house.layer(source):
                found.append(f"{label} → {field.related_model._meta.label}")
    assert found == []


def test_no_relation_goes_from_one_ledger_to_another() -> None:
    found = []
    for label, field in own_fields():
        if field.is_relation and field.related_model:
            source = house.ledger(field.model.__module__)
            target = house.ledger(field.related_model.__module__)
            if target and target != source:
                found.append(f"{label} → {field.related_model._meta.label}")
    assert found == [], "what links two ledgers lives in wutong/site/connections"


def test_no_model_inherits_a_table() -> None:
    found = [
        model._meta.label for model in house.own_models() if model._meta.parents and not model._meta.proxy
    ]
    assert found == []


def test_no_relation_is_generic() -> None:
    found = [
        f"{model._meta.label}.{field.name}"
        for model in house.own_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ]
    assert found == []


def test_no_model_orders_itself() -> None:
    found = [model._meta.label for model in house.own_models() if model._meta.ordering]
    assert found == [], "a query says how it is ordered"


def test_identifiers_in_the_database_are_short() -> None:
    found = []
    for model in tables():
        names = [model._meta.db_table]
        names += [str(field.column) for field in model._meta.local_concrete_fields]
        names += [index.name for index in model._meta.indexes]
        names += [constraint.name for constraint in model._meta.constraints]
        found += [f"{model._meta.label}: {name}" for name in names if len(name) > LONGEST_IDENTIFIER]
    assert found == []


def test_a_name_that_ends_in_at_is_a_moment_and_every_moment_ends_so() -> None:
    found = [
        label
        for label, field in own_fields()
        if field.name not in INHERITED
        and isinstance(field, models.DateTimeField) != field.name.endswith("_at")
    ]
    assert found == []


def test_a_name_that_ends_in_on_is_a_date() -> None:
    found = [
        label
        for label, field in own_fields()
        if field.name.endswith("_on")
        and (not isinstance(field, models.DateField) or isinstance(field, models.DateTimeField))
    ]
    assert found == []


def test_money_is_whole_yuan() -> None:
    whole = (models.IntegerField, models.BigIntegerField)
    found = [
        label
        for label, field in own_fields()
        if field.name.endswith("_yuan") and not isinstance(field, whole)
    ]
    assert found == []


def test_only_coordinates_are_floats() -> None:
    found = [
        label
        for label, field in own_fields()
        if isinstance(field, models.FloatField) and not field.name.endswith(("longitude", "latitude"))
    ]
    assert found == [], "amounts are integer yuan, quantities are Decimal"
