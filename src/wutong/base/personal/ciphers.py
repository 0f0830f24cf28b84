"""Encryption of one text, as `A1:<key number>:<base64 of nonce, ciphertext and tag>`.

The tag names the algorithm: A1 is AES-256-GCM, S1 is SM4-GCM. A value is bound to its column by the associated
data, so that a ciphertext copied into another column does not decrypt. Both algorithms stay readable whatever
the setting says; WUTONG_PERSONAL_CIPHER chooses the one for new values.
"""

import base64
import binascii
import functools
import os

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from wutong.base.keys import keyring

TAGS = {"AES-GCM": "A1", "SM4-GCM": "S1"}
NONCE_BYTES = 12
TAG_BYTES = 16
SM4_KEY_BYTES = 16


class Undecryptable(Exception):
    """A stored value cannot be read: it was altered, it stands in a foreign column, or its key is missing."""


class Ciphertext(str):
    """An encrypted value as it stands in the database. Printing it shows nothing of the value."""

    __slots__ = ()

    def is_current(self) -> bool:
        """Whether it was made by the algorithm and the key that new values get."""
        return self.startswith(f"{active_tag()}:{keyring('personal').active}:")


def active_tag() -> str:
    """The tag of the algorithm for new values.

    Raises ImproperlyConfigured for an unknown algorithm, or when the OpenSSL in use has no SM4-GCM.
    """
    name = str(settings.WUTONG_PERSONAL_CIPHER)
    if name not in TAGS:
        raise ImproperlyConfigured(f"WUTONG_PERSONAL_CIPHER 只能是 {' 或 '.join(TAGS)}，不能是 {name}。")
    if name == "SM4-GCM" and not has_sm4():
        raise ImproperlyConfigured(
            "当前的 OpenSSL 不提供 SM4-GCM。请更换 cryptography 的版本，或把 WUTONG_PERSONAL_CIPHER 设为 AES-GCM。"
        )
    return TAGS[name]


@functools.cache
def has_sm4() -> bool:
    """Whether the OpenSSL behind `cryptography` gives SM4-GCM."""
    try:
        _sm4_encrypt(bytes(SM4_KEY_BYTES), bytes(NONCE_BYTES), b"", b"")
    except UnsupportedAlgorithm:
        return False
    return True


def encrypt(text: str, *, column: str) -> Ciphertext:
    """`column` is the label of model and field, for example `enterprises.contact.phone`."""
    ring = keyring("personal")
    tag, nonce, data = active_tag(), os.urandom(NONCE_BYTES), text.encode()
    if tag == "A1":
        sealed = AESGCM(ring.active_key).encrypt(nonce, data, column.encode())
    else:
        sealed = _sm4_encrypt(_sm4_key(ring.active_key), nonce, data, column.encode())
    return Ciphertext(f"{tag}:{ring.active}:{base64.b64encode(nonce + sealed).decode()}")


def decrypt(stored: str, *, column: str) -> str:
    """The text again. Raises Undecryptable."""
    try:
        tag, number, body = stored.split(":")
        key = keyring("personal").keys[int(number)]
        raw = base64.b64decode(body, validate=True)
        nonce, sealed = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        if tag == "A1":
            return AESGCM(key).decrypt(nonce, sealed, column.encode()).decode()
        if tag == "S1":
            return _sm4_decrypt(_sm4_key(key), nonce, sealed, column.encode()).decode()
    except (ValueError, KeyError, InvalidTag, UnsupportedAlgorithm, binascii.Error) as error:
        raise Undecryptable(f"{column}: {type(error).__name__}") from error
    raise Undecryptable(f"{column}: unknown algorithm")


def _sm4_key(key: bytes) -> bytes:
    """SM4 takes 16 bytes: derived, so that one key never serves two algorithms."""
    return HKDFExpand(hashes.SHA256(), SM4_KEY_BYTES, b"wutong personal S1").derive(key)


def _sm4_encrypt(key: bytes, nonce: bytes, data: bytes, column: bytes) -> bytes:
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(column)
    return encryptor.update(data) + encryptor.finalize() + encryptor.tag


def _sm4_decrypt(key: bytes, nonce: bytes, sealed: bytes, column: bytes) -> bytes:
    data, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(column)
    return decryptor.update(data) + decryptor.finalize()
