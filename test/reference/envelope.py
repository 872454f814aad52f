"""The sealed envelope, written a second time from its description: Python's own BLAKE2b, and
ChaCha20-Poly1305 (RFC 8439) in plain Python.  Nothing of libsodium, nothing of primecloud.

Slow, and its comparisons take no constant time: it is for checking the extension only."""
import base64
import hashlib
import struct

HEADER, TAG, OVERHEAD = 68, 16, 84


class NotAuthentic(Exception):
    pass


# --- RFC 8439 ---

def chacha20_block(key, counter, nonce):
    start = list(struct.unpack('<4I', b'expand 32-byte k') + struct.unpack('<8I', key) + (counter,) + struct.unpack('<3I', nonce))
    x = start[:]

    def quarter(a, b, c, d):
        x[a] = (x[a] + x[b]) & 0xffffffff; v = x[d] ^ x[a]; x[d] = (v << 16 | v >> 16) & 0xffffffff
        x[c] = (x[c] + x[d]) & 0xffffffff; v = x[b] ^ x[c]; x[b] = (v << 12 | v >> 20) & 0xffffffff
        x[a] = (x[a] + x[b]) & 0xffffffff; v = x[d] ^ x[a]; x[d] = (v << 8 | v >> 24) & 0xffffffff
        x[c] = (x[c] + x[d]) & 0xffffffff; v = x[b] ^ x[c]; x[b] = (v << 7 | v >> 25) & 0xffffffff

    for _ in range(10):
        quarter(0, 4, 8, 12); quarter(1, 5, 9, 13); quarter(2, 6, 10, 14); quarter(3, 7, 11, 15)
        quarter(0, 5, 10, 15); quarter(1, 6, 11, 12); quarter(2, 7, 8, 13); quarter(3, 4, 9, 14)
    return struct.pack('<16I', *((a + b) & 0xffffffff for a, b in zip(x, start)))


def chacha20(key, nonce, text, counter=1):
    stream = b''.join(chacha20_block(key, counter + i, nonce) for i in range((len(text) + 63) // 64))[:len(text)]
    return (int.from_bytes(text, 'big') ^ int.from_bytes(stream, 'big')).to_bytes(len(text), 'big')


def poly1305(key, message):
    r, s = int.from_bytes(key[:16], 'little') & 0x0ffffffc0ffffffc0ffffffc0fffffff, int.from_bytes(key[16:], 'little')
    total = 0
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i:i + 16] + b'\1', 'little')) * r % ((1 << 130) - 5)
    return ((total + s) & ((1 << 128) - 1)).to_bytes(16, 'little')


def aead_tag(key, nonce, ciphertext, associated=b''):
    pad = lambda b: b + bytes(-len(b) % 16)
    return poly1305(chacha20_block(key, 0, nonce)[:32], pad(associated) + pad(ciphertext) + struct.pack('<QQ', len(associated), len(ciphertext)))


# --- the envelope ---

def blake2b(size, message, key=b''):
    return hashlib.blake2b(message, digest_size=size, key=key).digest()


def bound_to(tenant, label, row_id):
    parts = [p.encode() if isinstance(p, str) else p for p in (tenant, label, row_id)]
    return b''.join(bytes([tag]) + struct.pack('>I', len(p)) + p for tag, p in enumerate(parts, 1))


def derive(key, header, nonce, binding):
    both = blake2b(64, b'pc-seal-1' + header + nonce + blake2b(64, binding), key)
    return both[:32], both[32:]


def seal(plaintext, key, key_id, binding, nonce):
    header = bytes([1, 1, 0, 0]) + struct.pack('>q', key_id)
    subkey, commitment = derive(key, header, nonce, binding)
    ciphertext = chacha20(subkey, bytes(12), plaintext)
    return header + nonce + commitment + ciphertext + aead_tag(subkey, bytes(12), ciphertext)


def key_id(envelope):
    return struct.unpack('>q', envelope[4:12])[0]


def open_envelope(envelope, key, binding):
    if len(envelope) < OVERHEAD or envelope[:4] != bytes([1, 1, 0, 0]):
        raise NotAuthentic('no envelope')
    subkey, commitment = derive(key, envelope[:12], envelope[12:36], binding)
    ciphertext, tag = envelope[HEADER:-TAG], envelope[-TAG:]
    if commitment != envelope[36:HEADER] or tag != aead_tag(subkey, bytes(12), ciphertext):
        raise NotAuthentic('not authentic')
    return chacha20(subkey, bytes(12), ciphertext)


def to_text(envelope):
    return 'pc1.' + base64.urlsafe_b64encode(envelope).rstrip(b'=').decode()


def from_text(text):
    if not text.startswith('pc1.'):
        raise ValueError('no envelope')
    return base64.urlsafe_b64decode(text[4:] + '=' * (-len(text[4:]) % 4))


# --- the keys ---

def read_root_keys(text):
    lines = (line.split(':') for line in text.splitlines() if line and not line.startswith('#'))
    return {int(version): bytes.fromhex(key) for version, key in lines}


def check_value(root):
    return blake2b(32, b'primecloud/kcv/v1', root)[:8]


def unwrap(wrapped, root, root_version, key_id, tenant, purpose):
    """A data key as its row in primecloud.data_key holds it: an envelope under a key made from the
    root, whose first twelve bytes the row has no need to repeat."""
    envelope = bytes([1, 1, 0, 0]) + struct.pack('>q', root_version) + wrapped
    return open_envelope(envelope, blake2b(32, b'primecloud/wrap/v1', root), bound_to(tenant, purpose, str(key_id)))


def keyed_hash(key, purpose, name, value):
    part = lambda text: struct.pack('>I', len(text.encode())) + text.encode()
    return blake2b(32, part(purpose) + part(name) + value, key)


def self_test():
    # RFC 8439, 2.8.2
    key, nonce = bytes(range(0x80, 0xa0)), bytes.fromhex('070000004041424344454647')
    text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
    sealed = chacha20(key, nonce, text)
    assert sealed.startswith(bytes.fromhex('d31a8d34648e60db7b86afbc53ef7ec2')), 'ChaCha20'
    assert aead_tag(key, nonce, sealed, bytes.fromhex('50515253c0c1c2c3c4c5c6c7')) == bytes.fromhex('1ae10b594f09e26a7e902ecbd0600691'), 'Poly1305'
    where = bound_to('1', 'label', '42')
    assert open_envelope(seal(b'x', key, 1, where, bytes(24)), key, where) == b'x'


self_test()
