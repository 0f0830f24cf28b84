"""An invented table with personal columns, made for one test and gone with it."""

from django.db import connection, models
from django.test.utils import isolate_apps

from wutong.base.personal.fields import EncryptedTextField
from wutong.base.personal.masking import mask_phone

with isolate_apps():

    class Person(models.Model):
        name = EncryptedTextField("姓名", default="", purpose="联系", keep_days=365)
        phone = EncryptedTextField("电话", default="", purpose="联系", keep_days=365, mask=mask_phone)
        phone_index = models.CharField(max_length=64, default="")

        class Meta:
            app_label = "personal_tests"


def create_table() -> None:
    editor = connection.schema_editor()
    editor.deferred_sql = []
    editor.create_model(Person)


def stored(column: str, key: int) -> str:
    """What stands in the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {Person._meta.db_table} WHERE id = %s", [key])
        return str(cursor.fetchone()[0])


def write(column: str, key: int, text: str) -> None:
    """Past the field, as somebody with the database's password would."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Person._meta.db_table} SET {column} = %s WHERE id = %s", [text, key])
