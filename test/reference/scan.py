"""scan.py [--written-after FILE] NEEDLE... -- PATH...: whether a text is found in files, as it is, in hexadecimal, in
base64 (also base64url, at each of its three alignments) or in UTF-16.  Prints where; exit status
1 if nothing was found."""
import base64
import os
import sys


def forms(needle):
    raw = needle.encode()
    yield 'text', raw
    for name, text in (('hexadecimal', raw.hex()), ('hexadecimal', raw.hex().upper())):
        yield name, text.encode()
    for before in range(3):
        # what is the same whatever stands before and after
        whole = base64.b64encode(b'\0' * before + raw)
        inner = whole[(0, 2, 3)[before]:]
        inner = inner[:len(inner.rstrip(b'=')) // 4 * 4 - 4]
        yield f'base64 at {before}', inner
        yield f'base64url at {before}', inner.translate(bytes.maketrans(b'+/', b'-_'))
    yield 'UTF-16LE', needle.encode('utf-16-le')
    yield 'UTF-16BE', needle.encode('utf-16-be')


def files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            for name in names:
                if os.path.isfile(os.path.join(folder, name)):
                    yield os.path.join(folder, name)


def main():
    since = 0
    if sys.argv[1] == '--written-after':
        since = os.stat(sys.argv[2]).st_mtime
        del sys.argv[1:3]
    at = sys.argv.index('--')
    wanted = {(needle, form, pattern) for needle in sys.argv[1:at] for form, pattern in forms(needle)}
    found = scanned = size = 0
    for path in files(sys.argv[at + 1:]):
        if os.stat(path).st_mtime < since:
            continue
        with open(path, 'rb') as file:
            data = file.read()
        scanned += 1
        size += len(data)
        for needle, form, pattern in sorted(wanted):
            if pattern in data:
                found += 1
                print(f'{needle}: {form} in {path}')
    print(f'{scanned} files of {size} bytes, {found} findings', file=sys.stderr)
    sys.exit(found == 0)


main()
