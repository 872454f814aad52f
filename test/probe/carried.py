"""carried.py ROOT_KEY_FILE DATABASE SESSION SECONDS FIELD...: a context as a node sends it, by another hand than the library's.

SECONDS from now it ends; the fields are those of an identity: t TENANT USER ROLE, and the rest empty.  ROOT_VERSION and FORMAT
in the environment say others than the file's and 1; ROLE the database role that alone may take it."""
import base64
import ctypes
import ctypes.util
import hashlib
import os
import struct
import sys
import time

sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
path, database, session, seconds, *fields = sys.argv[1:]
with open(path, encoding="ascii") as file:
    version, _, digits = [line for line in file.read().split("\n") if line and line[0] != "#"][-1].partition(":")
key = hashlib.blake2b(b"primecloud/carried/v1", key=bytes.fromhex(digits), digest_size=32).digest()
until = int((time.time() - 946684800 + float(seconds)) * 1e6)
fields += [""] * (7 - len(fields))
role = os.environ.get("ROLE", "").encode()
plain = struct.pack(">QqB", int(session), until, len(role)) + role + "".join(f"{len(field.encode())}:{field}" for field in fields).encode()
clear = struct.pack(">BI", int(os.environ.get("FORMAT", "1")), int(os.environ.get("ROOT_VERSION", version)))
bound = b"primecloud carried context\0" + clear + database.encode()
nonce = os.urandom(24)
sealed = ctypes.create_string_buffer(len(plain) + 16)
sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, None, plain, ctypes.c_ulonglong(len(plain)), bound, ctypes.c_ulonglong(len(bound)),
                                                  None, nonce, key)
print(base64.b64encode(clear + nonce + sealed.raw).decode())
