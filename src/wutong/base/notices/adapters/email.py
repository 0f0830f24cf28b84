"""E-mail by the configured mail server. The Message-ID is that of the delivery, so that a copy can be told."""

import smtplib
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_lazy as _

from wutong.base.notices.adapters.http import refused_words
from wutong.base.notices.adapters.protocol import UNKNOWN, UNREACHABLE, Outcome

PERMANENT = 500
"""SMTP answers from 500 on are final, those from 400 on ask to come again (RFC 5321, 4.2.1)."""


@dataclass(frozen=True)
class Mail:
    sender: str

    def send(self, address: str, title: str, text: str, idempotency_key: str) -> Outcome:
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        connection = get_connection()
        message = EmailMessage(
            subject=title,
            body=text,
            from_email=self.sender,
            to=[address],
            headers={"Message-ID": f"<{idempotency_key}@{domain}>"},
            connection=connection,
        )
        try:
            message.message()
        except ValueError:  # a line break in a header
            return Outcome("permanent", reason=_("邮箱地址不正确，请在“通知方式”里更正"))
        try:
            connection.open()
        except smtplib.SMTPResponseException as error:
            return _outcome_of_code(error.smtp_code)
        except (OSError, smtplib.SMTPException):
            return UNREACHABLE
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as error:
            return _outcome_of_code(
                max((code for code, _words in error.recipients.values()), default=PERMANENT)
            )
        except smtplib.SMTPResponseException as error:
            return _outcome_of_code(error.smtp_code)
        except (OSError, smtplib.SMTPException):
            return UNKNOWN
        finally:
            _close(connection)
        return Outcome("sent", reference=idempotency_key)


def _outcome_of_code(code: int) -> Outcome:
    if code >= PERMANENT:
        return Outcome("permanent", reason=refused_words(str(code)))
    return Outcome("temporary", reason=_("发送平台暂时繁忙"))


def _close(connection: object) -> None:
    """The message is out or refused: a fault while saying goodbye changes nothing."""
    try:
        connection.close()  # type: ignore[attr-defined]
    except (OSError, smtplib.SMTPException):
        return
