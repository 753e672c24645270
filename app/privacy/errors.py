"""What the privacy package refuses, in words that never repeat the secret or the identifier involved."""


class PrivacyError(Exception):
    """Base of everything this package raises on purpose."""


class IdentifierInvalid(PrivacyError, ValueError):
    """A raw identifier has no canonical form; the message says why and never quotes it."""


class KeyringError(PrivacyError):
    """The key ring cannot be used; the message tells the operator what to do."""


class KeyringMissing(KeyringError):
    """There is no key ring where one was expected."""


class KeyringExposed(KeyringError):
    """Someone other than the owner may read or write the key ring."""


class KeyringDamaged(KeyringError):
    """The key ring is not one that Pairvote wrote."""


class UnknownKeyVersion(KeyringError):
    """A stored value names a key that this process does not hold, or that was retired."""


class KeyStillPrimary(KeyringError):
    """The primary key of a purpose cannot be retired; rotate first."""


class PublicKeyUnreadable(PrivacyError, ValueError):
    """There is no public key of our kind in what was given."""


class SealBroken(PrivacyError):
    """Sealed bytes were altered, belong elsewhere, or were sealed under another key."""


class TicketInvalid(PrivacyError):
    """Not a ticket that this service issued."""


class TicketExpired(PrivacyError):
    """A genuine ticket whose time is over."""


class ReceiptInvalid(PrivacyError):
    """Not the shape of a receipt."""
