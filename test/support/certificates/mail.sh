#!/bin/sh
# Makes the certificates of the mail server that test/api/mail/mail-encryption.test.ts talks to, at the one address that is this
# machine and yet no loopback to whoever reads it. Run it in this folder only to replace all of them: `sh mail.sh`. The key
# kept here signs nothing but test data; the authority's is thrown away. They last a century, but one is over already.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

openssl genrsa -out "$work/root.key" 2048 2>/dev/null
openssl genrsa -out mail.key 2048 2>/dev/null
openssl req -x509 -new -key "$work/root.key" -days 36500 -subj '/O=Test only/CN=Mail root' \
  -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' -out mail-root.pem

# issue <out> <alternative name> <days>
issue() {
  printf 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=%s\n' "$2" >"$work/extensions"
  openssl req -new -key mail.key -subj '/O=Test only/CN=Mail' -out "$work/request"
  openssl x509 -req -sha256 -in "$work/request" -days "$3" -extfile "$work/extensions" -CA mail-root.pem \
    -CAkey "$work/root.key" -set_serial "0x$(openssl rand -hex 16)" -out "$1" 2>/dev/null
}
issue mail.pem IP:0.0.0.0 36500
issue mail-other.pem DNS:mail.example.org 36500
issue mail-over.pem IP:0.0.0.0 -1
