import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps
from pytest_django import Settings

from wutong.base.chain.testing import own_keys, rotate_key
from wutong.base.personal import ciphers
from wutong.base.personal.ciphers import Ciphertext, Undecryptable
from wutong.base.personal.digests import blind_index
from wutong.base.personal.fields import EncryptedTextField, masked, personal_field, personal_fields
from wutong.base.personal.rotation import reencrypt, reindex
from wutong.base.personal.tests.people import Person, create_table, stored, write

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _people(tmp_path: Path, db: None) -> Iterator[None]:
    with own_keys(tmp_path):
        create_table()
        yield


def person(**values: str) -> Person:
    return Person.objects.get(pk=Person.objects.create(**values).pk)


@pytest.mark.parametrize("text", [PHONE, "𠮷㐂", "张三 " * 500, "a:b:c", "A1:1:AAAA"])
@pytest.mark.parametrize("cipher", ["AES-GCM", "SM4-GCM"])
def test_what_was_written_is_read_again(cipher: str, text: str, settings: Settings) -> None:
    if cipher == "SM4-GCM" and not ciphers.has_sm4():
        pytest.skip("this OpenSSL has no SM4-GCM")
    settings.WUTONG_PERSONAL_CIPHER = cipher
    assert person(name=text).name == text


def test_the_database_holds_algorithm_key_number_and_ciphertext_only() -> None:
    one = person(phone=PHONE)
    assert stored("phone", one.pk).startswith("A1:1:")
    assert PHONE not in stored("phone", one.pk)


def test_the_same_value_is_another_ciphertext_each_time() -> None:
    assert stored("phone", person(phone=PHONE).pk) != stored("phone", person(phone=PHONE).pk)


def test_empty_stays_empty() -> None:
    one = person(phone="")
    assert stored("phone", one.pk) == ""
    assert one.phone == ""


def test_a_ciphertext_moved_to_another_column_does_not_decrypt() -> None:
    one = person(name="张三", phone=PHONE)
    write("name", one.pk, stored("phone", one.pk))
    with pytest.raises(Undecryptable):
        _ = Person.objects.get(pk=one.pk).name


@pytest.mark.parametrize(
    "text", ["A1:1:AAAA", "A1:7:" + "A" * 60, "X1:1:AAAA", "plain", "A1:x:AAAA", "A1:1:?"]
)
def test_an_altered_ciphertext_does_not_decrypt_and_does_not_break_the_row(text: str) -> None:
    one = person(name="张三", phone=PHONE)
    write("phone", one.pk, text)
    damaged = Person.objects.get(pk=one.pk)
    assert damaged.name == "张三"
    with pytest.raises(Undecryptable):
        _ = damaged.phone


def test_neither_repr_nor_values_nor_pickle_nor_dump_show_the_value() -> None:
    one = person(name="张三", phone=PHONE)
    shown = [
        repr(one),
        repr(one.__dict__),
        repr(list(Person.objects.values())),
        repr(list(Person.objects.values_list("phone", "name"))),
        repr(pickle.dumps(one)),
        serializers.serialize("json", [one]),
    ]
    assert not any(PHONE in text or "张三" in text for text in shown)


def test_saving_a_row_again_does_not_encrypt_what_was_not_set() -> None:
    one = person(name="张三", phone=PHONE)
    before = stored("phone", one.pk)
    one.name = "李四"
    one.save()
    assert stored("phone", one.pk) == before
    assert Person.objects.get(pk=one.pk).name == "李四"


def test_updates_deferred_fields_and_bulk_acts_encrypt_and_decrypt_too() -> None:
    one, two = person(phone=PHONE), person(phone=PHONE)
    Person.objects.filter(pk=one.pk).update(phone="110")
    two.phone = "119"
    Person.objects.bulk_update([two], ["phone"])
    Person.objects.bulk_create([Person(phone="120")])
    rows = Person.objects.order_by("pk").defer("phone")
    assert [row.phone for row in rows] == ["110", "119", "120"]
    assert stored("phone", two.pk).startswith("A1:")


@pytest.mark.parametrize("lookup", ["phone", "phone__contains", "phone__in", "phone__lower"])
def test_searching_the_encrypted_column_is_an_error_and_not_an_empty_answer(lookup: str) -> None:
    with pytest.raises(FieldError):
        Person.objects.filter(**{lookup: [PHONE]}).count()


def test_a_row_is_found_by_the_blind_index() -> None:
    one = person(phone=PHONE, phone_index=blind_index(PHONE, purpose="phone"))
    assert Person.objects.get(phone_index=blind_index("138 0013 8000", purpose="phone")) == one


def test_everybody_sees_the_masked_value() -> None:
    one = person(name="张三", phone=PHONE)
    assert masked(one, "phone") == "138****8000"
    assert masked(one, "name") == "****"
    assert masked(person(), "phone") == ""


def test_only_encrypted_fields_are_personal_fields() -> None:
    assert personal_field(Person, "phone").column_label == "personal_tests.person.phone"
    with pytest.raises(TypeError):
        personal_field(Person, "phone_index")


def test_every_personal_field_of_the_installed_apps_declares_purpose_and_retention() -> None:
    assert all(found.purpose and found.keep_days > 0 for found in personal_fields())


def test_a_field_without_purpose_or_retention_or_with_an_index_fails_the_check() -> None:
    with isolate_apps():

        class Careless(models.Model):
            bare = EncryptedTextField("电话")
            indexed = EncryptedTextField("电话", purpose="联系", keep_days=1, unique=True)

            class Meta:
                app_label = "personal_tests"

    ids = [problem.id for field in Careless._meta.fields[1:] for problem in field.check()]
    assert ids == ["personal.E001", "personal.E002"]


def test_purpose_and_retention_are_no_matter_of_migrations() -> None:
    _name, _path, _args, kwargs = Person._meta.get_field("phone").deconstruct()
    assert set(kwargs) == {"verbose_name", "default"}


def test_an_unknown_cipher_is_told_at_the_start(settings: Settings) -> None:
    settings.WUTONG_PERSONAL_CIPHER = "ROT13"
    assert [problem.id for problem in Person._meta.get_field("phone").check()] == ["personal.E003"]


def test_sm4_without_openssl_support_is_told_plainly(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WUTONG_PERSONAL_CIPHER = "SM4-GCM"
    monkeypatch.setattr(ciphers, "has_sm4", lambda: False)
    with pytest.raises(ImproperlyConfigured, match="OpenSSL"):
        Person.objects.create(phone=PHONE)


def test_a_rotated_key_is_brought_to_all_rows_in_batches_and_only_once() -> None:
    people = [person(phone=f"1380013800{number}") for number in range(5)]
    empty = person(phone="")
    rotate_key("personal")
    fresh = person(phone=PHONE)
    assert reencrypt(Person, "phone", batch_size=2) == 5
    assert all(stored("phone", one.pk).startswith("A1:2:") for one in [*people, fresh])
    assert [one.phone for one in Person.objects.order_by("pk")[:2]] == ["13800138000", "13800138001"]
    assert Person.objects.get(pk=empty.pk).phone == ""
    assert reencrypt(Person, "phone", batch_size=2) == 0


def test_rows_change_from_aes_to_sm4_and_back(settings: Settings) -> None:
    if not ciphers.has_sm4():
        pytest.skip("this OpenSSL has no SM4-GCM")
    one = person(phone=PHONE)
    for cipher, tag in (("SM4-GCM", "S1:1:"), ("AES-GCM", "A1:1:")):
        settings.WUTONG_PERSONAL_CIPHER = cipher
        assert Person.objects.get(pk=one.pk).phone == PHONE
        assert reencrypt(Person, "phone") == 1
        assert stored("phone", one.pk).startswith(tag)
    assert Person.objects.get(pk=one.pk).phone == PHONE


def test_blind_indexes_are_computed_again_after_their_key_was_rotated() -> None:
    one = person(phone=PHONE, phone_index=blind_index(PHONE, purpose="phone"))
    rotate_key("blind")
    assert not Person.objects.filter(phone_index=blind_index(PHONE, purpose="phone")).exists()
    assert reindex(Person, "phone", "phone_index", purpose="phone") == 1
    assert Person.objects.get(phone_index=blind_index(PHONE, purpose="phone")) == one


def test_a_ciphertext_knows_whether_it_is_current() -> None:
    text = Person._meta.get_field("phone").encrypted(PHONE)
    assert isinstance(text, Ciphertext)
    assert text.is_current()
    rotate_key("personal")
    assert not text.is_current()
