"""The only home of cryptography: keys, pseudonyms, sealed content, tickets and redaction."""
